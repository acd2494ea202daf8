import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { ProbeProxy } from "../selfbench/probe/probe_proxy.ts";
import { asked } from "../probe/testing_standby.ts";
import { embeddedGraphqlUrl, startGraphql } from "../stack/graphql.ts";
import { freePort } from "../stack/ports.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { withTempHome } from "../stack/testing.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { probeChild, probedOf, startProbe, untilTrue, writesAt } from "./testing_probe.ts";

const ROOT = join(import.meta.dirname!, "../..");
const SHOP = join(ROOT, "docs/examples/shop.ts");

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");

/** A PostGraphile over a shop of the user's, that goes away and comes back. */
async function startShop(home: string, databaseUrl: string, port?: number) {
  let process: ProcessId | undefined;
  const started = await startGraphql({
    config: { ...readConfig(), home },
    name: "graphql",
    databaseUrl,
    schemas: ["shop"],
    poolSize: 4,
    graphiql: false,
    session: "theirs",
    port,
  }, (found) => process = found.process);
  return { port: started.port, stop: () => stopProcess(process!, "SIGTERM") };
}

/** Sessions of a shop's service that have asked for its rows. */
async function askedByShop(url: string): Promise<number> {
  const [found] = await asked<{ n: number }>(
    url,
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE '%theirs%' AND query LIKE '%product%'",
  );
  return found!.n;
}

Deno.test("a scenario's reads and GraphQL are asked beside the ledger, and each path's pauses and errors are its own", () =>
  withUserPostgres((server) =>
    withTempHome(async (home) => {
      await asked(server.url, Deno.readTextFileSync(join(ROOT, "docs/examples/shop/setup.sql")));
      await using proxy = new ProbeProxy(Number(new URL(server.url).port));
      const url = proxy.through(server.url);
      let shop = await startShop(home, url);
      const env = { GRAPHQL_URL: embeddedGraphqlUrl(shop.port) };
      const rows = () => asked(server.url, "SELECT * FROM shop.purchase ORDER BY 1");
      const before = await rows();
      try {
        const probing = probeChild(url, join(home, "probe"), ["--scenario", SHOP, "--rate", "300"], env);
        await untilTrue("writes", async () => await writesAt(server.url) > 50);
        await proxy.pause(700);
        const written = await writesAt(server.url);
        await untilTrue("writes after the pause", async () => await writesAt(server.url) > written + 50);
        await shop.stop();
        shop = await startShop(home, url, shop.port);
        await untilTrue("answers of GraphQL", async () => await askedByShop(server.url) > 0);
        const { summary, stderr } = await probing.enough();
        const { pauses, errors, ledger, connections } = summary.probe;
        assert.deepEqual(summary.run.config.arms, ["sql", "shop-example:sql", "shop-example:graphql"]);
        assert.match(
          oneLine(stderr),
          /Of shop-example 1 operation is left out: buy\. A probe makes no writes/,
        );
        // The last answer before it may have waited for a load that a busy machine did not let run.
        assert.ok(pauses.some(({ path, ms }) => path === null && ms >= 350), JSON.stringify(pauses));
        const ofGraphql = pauses.filter(({ path }) => path === "shop-example:graphql");
        assert.ok(ofGraphql.some(({ ms, failed }) => ms > 100 && failed > 0), JSON.stringify(pauses));
        assert.deepEqual(
          [...new Set(errors.map(({ path }) => path))],
          ["shop-example:graphql"],
          JSON.stringify(errors),
        );
        assert.ok(connections.lost > 0 && connections.regained > 0, JSON.stringify(connections));
        assert.deepEqual([ledger!.problems, ledger!.complete], [[], true]);
        assert.deepEqual(await rows(), before);
        // Without a scenario a question of the service's own schema is found, which its database answers.
        const plain = probedOf(
          await startProbe(url, join(home, "probe"), ["--duration", "1s", "--slo", "stall<10s"], env),
        );
        assert.deepEqual(plain.summary.probe.errors, [], plain.stderr);
        assert.deepEqual(plain.summary.run.config.operations.map(({ name }) => name), [
          "read",
          "ledger-write",
          "graphql-read",
        ]);
        assert.doesNotMatch(plain.stderr, /asked for the name of its type alone/);
      } finally {
        await shop.stop();
      }
    })
  ));

Deno.test("a scenario that is not there, asks what is not there, or only writes is refused before anything is made", () =>
  withUserPostgres((server) =>
    withTempHome(async (home) => {
      const cases: [string[], Record<string, string>, RegExp][] = [
        [
          ["--scenario", SHOP],
          {},
          /Cannot probe with products-of-category over shop-example:sql: relation "shop\.\w+" does not exist|visitors/,
        ],
        [["--scenario", "chekout"], {}, /Did you mean "checkout"/],
        [["--scenario", "checkout", "--set", "cache_tl=3"], {}, /Did you mean "cache_ttl"/],
        [["--scenario", "checkout"], {}, /it asks the data set northwind, which is not in the database/],
        [["--paths", "graphql"], {}, /Cannot probe over graphql: GRAPHQL_URL is not set/],
        [["--paths", "redis"], {}, /Cannot use the path "redis"/],
      ];
      for (const [words, env, said] of cases) {
        const refused = await startProbe(server.url, home, ["--duration", "1s", ...words], env);
        assert.match(oneLine(refused.stderr), said);
        assert.equal(refused.code, 2, refused.stderr);
      }
      const nowhere = { GRAPHQL_URL: embeddedGraphqlUrl(freePort()) };
      const named = await startProbe(
        server.url,
        home,
        ["--duration", "1s", "--paths", "sql,graphql"],
        nowhere,
      );
      assert.match(
        oneLine(named.stderr),
        /Cannot probe over graphql: GRAPHQL_URL cannot be used: connection refused/,
      );
      assert.equal(named.code, 3, named.stderr);
      const unnamed = await startProbe(server.url, home, ["--duration", "1s", "--slo", "stall<10s"], nowhere);
      assert.match(
        oneLine(unnamed.stderr),
        /graphql is not asked: GRAPHQL_URL cannot be used: connection refused/,
      );
      assert.ok([0, 4].includes(unnamed.code), unnamed.stderr);
      assert.deepEqual(
        await asked(server.url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'benchbook%'"),
        [],
      );
    })
  ));
