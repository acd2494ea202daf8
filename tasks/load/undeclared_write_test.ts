import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { monotonicUs } from "../net/clock.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { askOnce, newCall } from "../targets/target.ts";
import { armsOf, loadArmQueries, loadWorkload } from "./arms.ts";
import { proveEqual } from "./equality.ts";
import { openTargets } from "./open_targets.ts";
import { mixOf } from "./plan.ts";
import type { LoadedScenario } from "./scenario.ts";

const BUY =
  "-- Buys one.\n-- :id integer\nUPDATE shop.item SET stock = stock - 1 WHERE id = :id RETURNING id\n";
const STOCK = "-- What there is.\n-- :id integer\nSELECT stock FROM shop.item WHERE id = :id\n";

/** As much of a scenario as reading its statements and proving them needs. */
function scenarioOf(dir: string, name: string, paths: readonly string[] = ["sql"]): LoadedScenario {
  const operations = [{ name, weight: 1, params: { id: { kind: "integer", min: 1, max: 50 } } }];
  return {
    name: "shop",
    file: "shop.ts",
    workload: "shop",
    workloadDir: dir,
    paths,
    operations,
  } as unknown as LoadedScenario;
}

async function withFiles(files: Record<string, string>, use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(dir, name)), { recursive: true });
      await Deno.writeTextFile(join(dir, name), text);
    }
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an operation that writes and does not declare it is refused before it has written", () =>
  withFiles(
    { "buy.sql": BUY, "stock.sql": STOCK, "own/stock.sql": BUY },
    (dir) =>
      withDatabase(async (url) => {
        const client = new Client({ connectionString: url });
        await client.connect();
        try {
          await client.query(
            "CREATE SCHEMA shop; CREATE TABLE shop.item AS SELECT n AS id, 10 AS stock FROM generate_series(1, 50) n",
          );
          const prove = async (name: string, given: { url?: string; own?: string } = {}) => {
            const scenario = scenarioOf(dir, name);
            const workload = await loadWorkload(dir, scenario);
            const streams = [{
              first: 0,
              count: 1,
              rate: 1,
              session: null,
            }] as unknown as LoadedScenario["streams"];
            const own = given.own === undefined
              ? undefined
              : await loadArmQueries(join(dir, given.own), scenario, ".sql");
            const { arms } = armsOf({ ...scenario, streams }, workload, [{
              name: "sql",
              target: { path: "sql", url: given.url ?? url },
              own,
            }]);
            const { operations } = scenario;
            const mix = mixOf({ operations, streams, dataset: null, sources: {}, seed: 1 });
            const signal = new AbortController().signal;
            const asked = {
              scenario,
              workload,
              arms,
              databaseUrl: url,
              mix,
              seed: 1,
              signal,
              onProgress: () => {},
              ...own && { ownQueries: new Map([["sql", own]]) },
            };
            return { arms, proven: proveEqual(asked) };
          };
          await assert.rejects((await prove("buy")).proven, (error: UsageError) => {
            assert(error instanceof UsageError, String(error));
            assert.match(
              error.message,
              /^Cannot run buy as a read: .*25006.*buy\.sql writes, and shop\.ts does not/,
            );
            assert.match(error.next!, /"write: true" in shop\.ts, and a way to undo/);
            return true;
          });
          const changed = await client.query("SELECT count(*)::int AS n FROM shop.item WHERE stock <> 10");
          assert.deepEqual(changed.rows, [{ n: 0 }]);
          assert((await (await prove("stock")).proven).compared > 0);

          // The same database, spelled otherwise, and its sessions let writes through.
          const spelled = new URL(url);
          spelled.searchParams.set("options", "-c default_transaction_read_only=off");
          assert((await (await prove("stock", { url: spelled.href })).proven).compared > 0);
          await assert.rejects(
            (await prove("stock", { url: spelled.href, own: "own" })).proven,
            /^UsageError: Cannot run stock as a read: .*25006.*own.stock\.sql writes/,
          );
          const spared = await client.query("SELECT count(*)::int AS n FROM shop.item WHERE stock <> 10");
          assert.deepEqual(spared.rows, [{ n: 0 }]);

          // What no sample of the proof has met is refused by the sessions of the load.
          const { arms, proven } = await prove("stock");
          await proven;
          const { byArm, close } = await openTargets(arms, {
            connections: 1,
            nowUs: monotonicUs,
            seed: 1,
            timeoutMs: 1000,
          });
          try {
            const call = newCall(
              { ...arms[0]!.statements[0]!, text: "UPDATE shop.item SET stock = $1" },
              [0],
              true,
            );
            await askOnce(byArm[0]!, call);
            assert.deepEqual([call.outcome, call.error], ["failed", "25006"]);
          } finally {
            await close();
          }
        } finally {
          await client.end();
        }
      }),
  ));

Deno.test("a mutation whose operation does not declare a write is refused by its document", () =>
  withFiles({
    "buy.sql": STOCK,
    "buy.graphql": "# Buys one.\n# result: buy\nmutation Buy($id: Int!) { buy(id: $id) { id } }\n",
  }, async (dir) => {
    await assert.rejects(
      () => loadWorkload(dir, scenarioOf(dir, "buy", ["sql", "graphql"])),
      (error: UsageError) => {
        assert(error instanceof UsageError);
        assert.match(error.message, /^Cannot run the operation buy as a read: .*buy\.graphql is a mutation/);
        return true;
      },
    );
  }));
