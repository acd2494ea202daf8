import assert from "node:assert/strict";
import { join } from "node:path";
import { Redis } from "ioredis";
import { CertificateAuthority } from "../postgres/testing_certificates.ts";
import { withRedis } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";

/** Stands before a port with TLS until it is closed. */
function tlsBefore(port: number, { cert, key }: { readonly cert: string; readonly key: string }) {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const serving = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      void client.readable.pipeTo(server.writable).catch(() => {});
      void server.readable.pipeTo(client.writable).catch(() => {});
    }
  })().catch(() => {});
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async close() {
      listener.close();
      await serving;
    },
  };
}

// In a process of its own: which authorities are trusted is asked when it starts.
const ASK = `
  import { askAll } from ${JSON.stringify(import.meta.resolve("./testing_cached.ts"))};
  import { forgetKeys } from ${JSON.stringify(import.meta.resolve("./cache_keys.ts"))};
  const { URL_OF_REDIS: url, PREFIX: prefix, FORGET: forget } = Deno.env.toObject();
  if (forget === "yes") await forgetKeys(url, prefix, { ofAnother: true });
  else console.log(JSON.stringify(await askAll(url, prefix)));
`;

Deno.test("a cache is kept in another database, by TLS with an authority that is trusted, and removed from it", () =>
  withTempDir((dir) =>
    withRedis(async (url) => {
      const authority = new CertificateAuthority();
      const ca = join(dir, "ca.pem");
      await Deno.writeTextFile(ca, authority.cert);
      const { port, password } = new URL(url);
      const proxy = tlsBefore(Number(port), authority.issue("localhost"));
      const redis = new Redis(url);
      const child = async (forget: "yes" | "no") => {
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [
            "eval",
            "--quiet",
            "--config",
            join(import.meta.dirname!, "../../deno.json"),
            "--ext=ts",
            ASK,
          ],
          env: {
            DENO_CERT: ca,
            URL_OF_REDIS: `rediss://:${password}@localhost:${proxy.port}/3`,
            PREFIX: "benchbook:run-1:",
            FORGET: forget,
          },
        }).output();
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        return new TextDecoder().decode(stdout);
      };
      try {
        const { states, refusals } = JSON.parse(await child("no"));
        assert.deepEqual([states, refusals], ["miss then hit", []]);
        assert.equal(await redis.dbsize(), 0);
        await redis.select(3);
        assert.equal(await redis.dbsize(), 10);
        await redis.set("theirs", "1");
        await child("yes");
        assert.deepEqual(await redis.keys("*"), ["theirs"]);
      } finally {
        redis.disconnect();
        await proxy.close();
      }
    })
  ));
