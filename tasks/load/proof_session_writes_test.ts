import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { withDatabase } from "../stack/testing_shared.ts";
import { withTempDir } from "../store/testing.ts";
import { armsOf, loadArmQueries, loadWorkload } from "./arms.ts";
import { proveEqual } from "./equality.ts";
import { mixOf } from "./plan.ts";
import { proofSlots } from "./proof_slots.ts";
import type { LoadedScenario } from "./scenario.ts";

const FILES = {
  "place.sql": "-- Places.\n-- :id integer\n-- :amount integer\n" +
    "INSERT INTO shop.sale (id, amount) VALUES (:id, :amount) RETURNING id",
  "place.check.sql": "-- Placed.\n-- :id integer\nSELECT amount FROM shop.sale WHERE id = :id",
  "ship.sql": "-- Ships.\n-- :id integer\nUPDATE shop.sale SET shipped = true WHERE id = :id RETURNING id",
  "ship.check.sql": "-- Shipped.\n-- :id integer\nSELECT amount, shipped FROM shop.sale WHERE id = :id",
};
/** It says that it has shipped, and has not. */
const IDLE = "-- Ships.\n-- :id integer\nSELECT id FROM shop.sale WHERE id = :id";
/** A column that ship goes on with is called otherwise. */
const RENAMED = FILES["place.sql"].replace("RETURNING id", "RETURNING id AS sale_id");

const scenarioIn = (dir: string) => ({
  name: "shop",
  file: "shop.ts",
  workload: "shop",
  workloadDir: dir,
  paths: ["sql"],
  ownTables: { schemas: ["shop"], keys: { sales: { from: 1000 } } },
  operations: [
    {
      name: "place",
      weight: 1,
      write: true,
      params: {
        id: { kind: "reserved", keys: "sales" },
        amount: { kind: "integer", min: 1, max: 1_000_000 },
      },
    },
    {
      name: "ship",
      weight: 1,
      write: true,
      params: { id: { kind: "captured", from: "place", column: "id" } },
    },
  ],
  streams: [{ first: 0, count: 2, rate: 1, session: { think: { kind: "constant", seconds: 1 } } }],
} as unknown as LoadedScenario);

Deno.test("a step that changes what another wrote is compared on a row of each arm's own", () =>
  withTempDir(async (dir) => {
    for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(join(dir, name), text);
    await withDatabase(async (url) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query("CREATE SCHEMA shop");
        const prove = async (own: Record<string, string> = {}) => {
          await client.query(
            "DROP TABLE IF EXISTS shop.sale; " +
              "CREATE TABLE shop.sale (id int PRIMARY KEY, amount int, shipped boolean NOT NULL DEFAULT false)",
          );
          const scenario = scenarioIn(dir);
          const workload = await loadWorkload(dir, scenario);
          const other = join(dir, "own");
          await Deno.mkdir(other, { recursive: true });
          for (const [name, text] of Object.entries(own)) await Deno.writeTextFile(join(other, name), text);
          const asks = await loadArmQueries(other, scenario, ".sql");
          await Deno.remove(other, { recursive: true });
          const target = { path: "sql", url };
          const { arms } = armsOf(scenario, workload, [
            { name: "sql", target },
            { name: "other", target, ...asks.size > 0 && { own: asks } },
          ]);
          const told = new Set<number>();
          const { compared } = await proveEqual({
            scenario,
            workload,
            arms,
            databaseUrl: url,
            mix: mixOf({
              operations: scenario.operations,
              streams: scenario.streams,
              dataset: null,
              sources: {},
              ownKeys: { sales: { from: 1000 } },
              seed: 1,
            }),
            seed: 1,
            signal: new AbortController().signal,
            onProgress() {},
            onWrite: (slot) => told.add(slot),
          });
          return {
            compared,
            told,
            slots: new Set(proofSlots(scenario, arms.length).map(({ slot }) => slot)),
          };
        };
        const { compared, told, slots } = await prove();
        assert.ok(compared > 0);
        assert.deepEqual(told, slots);
        const { rows } = await client.query(
          "SELECT count(*)::int AS n, count(*) FILTER (WHERE shipped)::int AS shipped FROM shop.sale",
        );
        assert.deepEqual(rows, [{ n: slots.size, shipped: slots.size / 2 }]);
        await assert.rejects(
          prove({ "ship.sql": IDLE }),
          /ship answers differently over other than over sql: .*shipped/,
        );
        await assert.rejects(
          prove({ "place.sql": RENAMED }),
          /Cannot capture place\.id over other: .*place\.sql must answer it under that name: it answers sale_id/,
        );
      } finally {
        await client.end();
      }
    });
  }));
