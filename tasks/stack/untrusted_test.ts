import assert from "node:assert/strict";
import { CertificateAuthority } from "../postgres/testing_certificates.ts";
import { HttpConnection } from "../targets/http1.ts";
import { endpointOf } from "../targets/http_request.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { graphqlProblem } from "./graphql.ts";
import { redisVersion } from "./redis.ts";

Deno.test("a Redis or GraphQL whose certificate nobody stands for gets no password and no question", async () => {
  const { cert, key } = new CertificateAuthority("nobody's").issue("localhost");
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  let heard = "";
  const serving = (async () => {
    for (;;) {
      let connection: Deno.TlsConn;
      try {
        connection = await listener.accept();
      } catch (error) {
        // A handshake that was broken off shows here too.
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        continue;
      }
      void (async () => {
        const buffer = new Uint8Array(1024);
        for (let count; (count = await connection.read(buffer)) !== null;) {
          heard += new TextDecoder().decode(buffer.subarray(0, count));
        }
      })().catch(() => {}).finally(() => {
        try {
          connection.close();
        } catch {
          // It is.
        }
      });
    }
  })();
  const at = `localhost:${listener.addr.port}`;
  const redis = `rediss://:s3cr3t@${at}`;
  try {
    const version = await redisVersion(redis, 2000);
    assert.ok(version instanceof Error, "it was believed");
    await assert.rejects(new RedisConnection(readRedisOptions(redis)).connect(), /certificate/i);
    const graphql = `https://user:s3cr3t@${at}/graphql`;
    assert.equal(
      await graphqlProblem(graphql, { "x-hasura-admin-secret": "s3cr3t" }, 2000),
      "it cannot be reached",
    );
    await assert.rejects(new HttpConnection(endpointOf(graphql)).connect(), /certificate/i);
    assert.equal(heard, "");
  } finally {
    listener.close();
    await serving;
  }
});
