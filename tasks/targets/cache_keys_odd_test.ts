import assert from "node:assert/strict";
import { forgetKeys } from "./cache_keys.ts";

/** Answers commands, one at a time, as a Redis of a test's own making does. */
async function withOddRedis(
  answer: (words: readonly string[]) => string,
  use: (url: string, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const asked: string[] = [];
  const serve = async (connection: Deno.Conn) => {
    connections.push(connection);
    let text = "";
    for await (const chunk of connection.readable.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let found; (found = /^\*(\d+)\r\n/.exec(text)) !== null;) {
        const parts = text.split("\r\n");
        const count = Number(found[1]);
        if (parts.length < 2 * count + 2) break;
        const words = parts.slice(1, 2 * count + 1).filter((_, at) => at % 2 === 1);
        text = parts.slice(2 * count + 1).join("\r\n");
        asked.push(words[0]!.toUpperCase());
        const bytes = new TextEncoder().encode(answer(words));
        for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
      }
    }
  };
  void (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  try {
    await use(`redis://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`, asked);
  } finally {
    listener.close();
    for (const connection of connections) {
      try {
        connection.close();
      } catch {
        // The client has closed it.
      }
    }
  }
}

const page = (cursor: string) => `*2\r\n$${cursor.length}\r\n${cursor}\r\n*0\r\n`;

/** What every one of them says to the rest. */
const usual = (words: readonly string[]) => words[0]!.toUpperCase() === "SCAN" ? page("0") : "+OK\r\n";

Deno.test("a Redis that lists its keys for ever is not asked for ever", async (t) => {
  const endless = {
    message: /^Cannot remove the run's keys from Redis at \S+: its list of keys \(SCAN\) does not end/,
  };

  await t.step("one that comes back to where it was", async () => {
    let at = 0;
    const answer = (words: readonly string[]) =>
      words[0]!.toUpperCase() === "SCAN" ? page(String(7 + at++ % 3)) : usual(words);
    await withOddRedis(answer, async (url, asked) => {
      await assert.rejects(forgetKeys(url, "benchbook:x:"), endless);
      assert.ok(asked.length < 20, `${asked.length} commands`);
    });
  });

  await t.step("one that always goes on", async () => {
    let at = 1;
    const answer = (words: readonly string[]) =>
      words[0]!.toUpperCase() === "SCAN" ? page(String(at++)) : usual(words);
    await withOddRedis(answer, async (url) => {
      const before = performance.now();
      await assert.rejects(forgetKeys(url, "benchbook:x:", { limitMs: 300 }), endless);
      assert.ok(performance.now() - before < 20_000, "it went on");
    });
  });

  await t.step("one that goes on faster than a list of keys can", async () => {
    let at = 1;
    const answer = (words: readonly string[]) =>
      words[0]!.toUpperCase() === "SCAN" ? page(String(at++)) : usual(words);
    await withOddRedis(answer, async (url, asked) => {
      await assert.rejects(forgetKeys(url, "benchbook:x:", { mostPages: 100 }), endless);
      assert.equal(asked.filter((verb) => verb === "SCAN").length, 100);
    });
  });
});

Deno.test("what is no cursor is not kept, nor asked for", async () => {
  const large = 15 * 2 ** 20;
  const cursors = ["1".repeat(large), "1".repeat(21), "", "-1", "0x1f", " 7", "7\n", "7.5", "cursor"];
  for (const cursor of cursors) {
    const answer = (words: readonly string[]) =>
      words[0]!.toUpperCase() === "SCAN" ? page(words[1] === "0" ? cursor : "0") : usual(words);
    await withOddRedis(answer, async (url, asked) => {
      await assert.rejects(forgetKeys(url, "benchbook:x:"), {
        message: /^Cannot remove the run's keys from Redis at \S+: its answer to SCAN is not a list of keys/,
      });
      assert.equal(asked.filter((verb) => verb === "SCAN").length, 1);
    });
  }
  const last = String(2n ** 64n - 1n);
  const answer = (words: readonly string[]) =>
    words[0]!.toUpperCase() === "SCAN" ? page(words[1] === "0" ? last : "0") : usual(words);
  await withOddRedis(answer, async (url, asked) => {
    await forgetKeys(url, "benchbook:x:");
    assert.equal(asked.filter((verb) => verb === "SCAN").length, 2);
  });
});

Deno.test("a Redis that knows no HELLO has its keys removed too", async () => {
  for (
    const refusal of ["-ERR unknown command 'HELLO'\r\n", "-NOPROTO unsupported\r\n", "-ERR nothing here\r\n"]
  ) {
    const answer = (words: readonly string[]) => words[0]!.toUpperCase() === "HELLO" ? refusal : usual(words);
    await withOddRedis(answer, async (url, asked) => {
      await forgetKeys(url, "benchbook:x:");
      assert.ok(asked.includes("SCAN"));
    });
  }
});
