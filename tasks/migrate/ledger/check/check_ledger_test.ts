import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withDatabase } from "../../../stack/testing_shared.ts";
import { ServiceError } from "../../../model/errors.ts";
import { isTrusted } from "../../../model/ledger_check.ts";
import { checkLedger } from "./check_ledger.ts";
import { FAULTS } from "./faults.ts";

Deno.test("the ledger catches each fault that is injected, and says nothing where none is", async () => {
  await withDatabase(async (url, { home }) => {
    const folder = join(home, "check");
    mkdirSync(folder);
    const check = await checkLedger({ url, folder, faults: 5, cleanRuns: 3 });
    assert.deepEqual(check, {
      faults: Object.keys(FAULTS).map((fault) => ({ fault, injected: 5, caught: 5 })),
      alarms: 0,
      clean: { runs: 3, writes: 180, alarms: 0 },
    });
    assert(isTrusted(check));
  });
});

/** A way to a server that lets in so many sessions and closes on all others. */
function lettingIn(url: string, most: number) {
  const { hostname, port } = new URL(url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const forwarded: Promise<void>[] = [];
  let sessions = 0;
  const serving = (async () => {
    for await (const client of listener) {
      open.add(client);
      if (++sessions > most) {
        client.close();
        open.delete(client);
        continue;
      }
      const server = await Deno.connect({ hostname, port: Number(port) });
      open.add(server);
      forwarded.push(client.readable.pipeTo(server.writable).catch(() => {}));
      forwarded.push(server.readable.pipeTo(client.writable).catch(() => {}));
    }
  })();
  return {
    url: Object.assign(new URL(url), { port: String(listener.addr.port) }).href,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      await Promise.all(forwarded);
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // Its streams have closed it.
        }
      }
    },
  };
}

Deno.test("a server that lets nobody in while the ledger is checked is told as that, and not as a fault of the ledger", async () => {
  await withDatabase(async (url, { home }) => {
    // The check's own, its proxy's, its clients', and that of the change.
    for (const most of [0, 2, 4, 9]) {
      await using way = lettingIn(url, most);
      const folder = join(home, `check-${most}`);
      mkdirSync(folder);
      await assert.rejects(checkLedger({ url: way.url, folder, faults: 1, cleanRuns: 0 }), (error) => {
        assert.ok(error instanceof ServiceError, String(error));
        assert.match(
          error.message,
          /^Cannot (connect to PostgreSQL at|check the ledger|continue with the database)/,
        );
        return true;
      });
    }
  });
});

Deno.test("a ledger that misses a fault, or tells of one that is none, is not trusted", () => {
  const fault = { fault: "a loss", injected: 20, caught: 20 };
  const clean = { runs: 1, writes: 60, alarms: 0 };
  assert(isTrusted({ faults: [fault], alarms: 0, clean }));
  assert(!isTrusted({ faults: [{ ...fault, caught: 19 }], alarms: 0, clean }));
  assert(!isTrusted({ faults: [{ ...fault, injected: 0, caught: 0 }], alarms: 0, clean }));
  assert(!isTrusted({ faults: [fault], alarms: 1, clean }));
  assert(!isTrusted({ faults: [fault], alarms: 0, clean: { ...clean, alarms: 1 } }));
});
