import assert from "node:assert/strict";
import { HttpConnection } from "./http1.ts";
import { endpointOf, PostWriter } from "./http_request.ts";
import type { HttpResponse } from "./http_response.ts";
import { sleep } from "../net/sleep.ts";

/** A server that answers each request on a connection with the next of the given byte sequences. */
async function withServer(
  answers: readonly (readonly string[])[],
  use: (url: string, requests: string[]) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(65536);
      for (const parts of answers) {
        const read = await connection.read(buffer).catch(() => null);
        if (read === null) break;
        requests.push(new TextDecoder().decode(buffer.subarray(0, read)));
        for (const part of parts) {
          await connection.write(new TextEncoder().encode(part));
          // Separate packets: the reader must not depend on where a packet ends.
          await sleep(2);
        }
      }
      connection.close();
    }
  })().catch(() => {});
  try {
    await use(`http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/graphql`, requests);
  } finally {
    listener.close();
    await serving;
  }
}

/** A connection, and what posts over it and waits for the answer; its body is kept beyond the call that brings it. */
async function connectTo(url: string, headers: Record<string, string> = {}) {
  const endpoint = endpointOf(url, headers);
  const connection = new HttpConnection(endpoint);
  const writer = new PostWriter(endpoint);
  await connection.connect();
  const post = (body: string, onSent = () => {}) => answerOf(connection, writer.write(body), onSent);
  return { connection, post };
}

function answerOf(
  connection: HttpConnection,
  request: PostWriter,
  onSent: () => void,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) =>
    connection.send(request, {
      onSent,
      onAnswer: (answer) =>
        answer instanceof Error ? reject(answer) : resolve({ ...answer, body: answer.body.slice() }),
    })
  );
}

const text = (body: Uint8Array) => new TextDecoder().decode(body);

Deno.test("an answer with Content-Length is read whole, also when it comes in pieces, and the connection is kept", async () => {
  const pieces = ["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 11\r\n\r", "\nhello", " world"];
  await withServer([pieces, ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]], async (url, requests) => {
    const { connection, post } = await connectTo(url, { "X-Test": "1" });
    let sent = 0;
    const first = await post('{"a":"ä"}', () => sent++);
    assert.equal(text(first.body), "hello world");
    assert.equal(first.bytes, pieces.join("").length);
    const second = await post("{}", () => sent++);
    assert.equal(text(second.body), "ok");
    assert.equal(sent, 2);
    assert.match(requests[0]!, /^POST \/graphql HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
    assert.match(requests[0]!, /X-Test: 1\r\nContent-Length: +10\r\n\r\n\{"a":"ä"\}$/);
    connection.close();
  });
});

Deno.test("a chunked answer is put together wherever the chunks are cut", async () => {
  const answer =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n";
  for (let cut = 1; cut < answer.length; cut += 7) {
    await withServer([[answer.slice(0, cut), answer.slice(cut)]], async (url) => {
      const { connection, post } = await connectTo(url);
      const response = await post("{}");
      assert.equal(text(response.body), "hello world");
      assert.equal(response.bytes, answer.length);
      connection.close();
    });
  }
});

Deno.test("an answer that ends with its connection is read to the end", async () => {
  await withServer([["HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\nno backend"]], async (url) => {
    const { connection, post } = await connectTo(url);
    const response = await post("{}");
    assert.equal(response.status, 502);
    assert.equal(text(response.body), "no backend");
    assert.equal(connection.open, false);
  });
});

Deno.test("a server that hangs up in the middle of an answer is an error and not half an answer", async () => {
  await withServer([["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"]], async (url) => {
    const { connection, post } = await connectTo(url);
    await assert.rejects(post("{}"), { code: "ECONNRESET" });
    assert.equal(connection.open, false);
  });
});

Deno.test("a URL gives host, port, path and credentials", () => {
  assert.deepEqual(endpointOf("https://user:p%40ss@example.org/v1/graphql?x=1"), {
    hostname: "example.org",
    port: 443,
    tls: true,
    path: "/v1/graphql?x=1",
    headers: { Authorization: `Basic ${btoa("user:p@ss")}` },
  });
  assert.equal(endpointOf("http://[::1]:5000/").hostname, "::1");
});

Deno.test("what is not HTTP/1.1, or has a length or chunk that is none, is refused", async () => {
  for (
    const answer of [
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 abc\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ]
  ) {
    await withServer([[answer]], async (url) => {
      const { connection, post } = await connectTo(url);
      await assert.rejects(post("{}"), /not HTTP|Content-Length is not a number|no size/);
      assert.equal(connection.open, false);
    });
  }
});

Deno.test("an interim answer, trailers and headers in any case are part of HTTP/1.1 too", async () => {
  const answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTRANSFER-ENCODING:chunked\r\nx: y\r\n\r\n" +
    "2\r\nok\r\n0\r\nExpires: never\r\n\r\n";
  await withServer([[answer.slice(0, 40), answer.slice(40)], [
    "HTTP/1.0 204 No Content\r\ncONNECTION: Close\r\n\r\n",
  ]], async (url) => {
    const { connection, post } = await connectTo(url);
    const first = await post("{}");
    assert.deepEqual([first.status, text(first.body), first.bytes], [200, "ok", answer.length]);
    // A body longer than all the room before it, of letters that take three bytes.
    const second = await post(JSON.stringify({ long: "漢".repeat(5000) }));
    assert.deepEqual([second.status, second.body.length, connection.open], [204, 0, false]);
  });
});
