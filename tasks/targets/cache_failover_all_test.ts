import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { monotonicUs } from "../net/clock.ts";
import { eventually } from "../net/testing.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { askOnce, complete, newCall } from "./target.ts";
import { behind } from "./testing_cached.ts";

/** Stands before Redis servers, as the address does that clients have of several: it leads to one of them. */
class Forwarder implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();

  constructor(public port: number) {
    void this.#accept();
  }

  get address(): string {
    return `127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.port }).catch(() => null);
        if (server === null) {
          client.close();
          continue;
        }
        this.#open.add(client).add(server);
        const gone = () => [client, server].forEach((each) => this.#close(each));
        void client.readable.pipeTo(server.writable).then(gone, gone);
        void server.readable.pipeTo(client.writable).then(gone, gone);
      }
    } catch {
      // It is closed.
    }
  }

  #close(connection: Deno.Conn): void {
    if (!this.#open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // The other side was quicker.
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) this.#close(connection);
  }
}

const STATEMENT = { operationId: 0, name: "one", write: false, text: "", parameters: ["id"] };
const KEY = "benchbook:run-1:one:[1]";

Deno.test("after a failover entries are found at the other server, and until then all is answered without", () =>
  withRedis((primaryUrl) =>
    withRedis(async (replicaUrl) => {
      const [from, to] = [new URL(primaryUrl), new URL(replicaUrl)];
      const [primary, replica] = [primaryUrl, replicaUrl].map((url) =>
        new Redis(url, { retryStrategy: () => null })
      );
      for (const each of [primary!, replica!]) each.on("error", () => {});
      using forwarder = new Forwarder(Number(from.port));
      // One password for both, as behind one address.
      await replica!.config("SET", "masterauth", from.password);
      await replica!.call("REPLICAOF", "127.0.0.1", from.port);
      await replica!.config("SET", "requirepass", from.password);
      const url = new URL(primaryUrl);
      url.host = forwarder.address;
      const cached = new CachedTarget(
        behind((call) => {
          complete(call, monotonicUs(), "ok", null);
          call.answer = [{ id: call.values[0] }];
          call.rows = 1;
          call.onDone();
        }),
        {
          redisUrl: url.href,
          prefix: "benchbook:run-1:",
          entries: rowEntries,
          behaviour: USUAL_CACHE,
          nowUs: monotonicUs,
          random: () => 0.5,
        },
      );
      const ask = async () => {
        const call = newCall(STATEMENT, [1], true);
        await askOnce(cached, call);
        assert.deepEqual([call.outcome, call.answer], ["ok", [{ id: 1 }]]);
        return call.cache;
      };
      try {
        await cached.open();
        assert.equal(await ask(), "miss");
        assert.equal(await ask(), "hit");
        await eventually(async () => await replica!.exists(KEY) === 1);

        await primary!.call("SHUTDOWN", "NOSAVE").catch(() => {});
        await eventually(async () => await ask() === "bypass");
        assert.match(cached.refusals()[0]!.reason, /^the connection to Redis was lost/);

        // A replica that clients are led to before it is promoted answers, and takes no entries.
        forwarder.port = Number(to.port);
        await eventually(async () => await ask() === "hit");
        const other = newCall(STATEMENT, [2]);
        await askOnce(cached, other);
        assert.equal(other.cache, "miss");
        await eventually(() =>
          cached.refusals().some(({ doing, reason }) => doing === "write" && /^READONLY/.test(reason))
        );

        await replica!.call("REPLICAOF", "NO", "ONE");
        await eventually(async () => {
          const again = newCall(STATEMENT, [2]);
          await askOnce(cached, again);
          return again.cache === "hit";
        });
      } finally {
        await cached.close();
        for (const each of [primary!, replica!]) each.disconnect();
      }
    })
  ));
