import assert from "node:assert/strict";
import { Client } from "pg";
import type { Arm } from "../load/plan.ts";
import type { Mix } from "../load/mix.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { SqlTarget } from "../targets/sql.ts";
import { askOnce, newCall, type Statement } from "../targets/target.ts";
import { explainAll } from "./explain_all.ts";

const nowUs = () => performance.now() * 1000;
const statement = (operationId: number, text: string, parameters: string[]): Statement => {
  return { operationId, name: `op${operationId}`, write: false, text, parameters };
};

/** One plan serves all its values; the other one's most frequent value is none for its index. */
const STATEMENTS = [
  statement(0, "SELECT id FROM item WHERE id = $1::integer", ["id"]),
  statement(1, "SELECT count(*) FROM item WHERE state = $1::text", ["state"]),
];
const VALUES = { id: 7, state: "rare" };
const COUNTS = statement(
  2,
  "SELECT name, generic_plans > 0 AS settled FROM pg_prepared_statements WHERE name IN ('op0', 'op1') ORDER BY name",
  [],
);

/** Whether a connection that measures has settled on a plan for any values, by statement. */
async function settledUnderLoad(url: string, settings: Record<string, string>): Promise<unknown[]> {
  const target = new SqlTarget({ url, connections: 1, settings, nowUs });
  await target.open();
  try {
    for (const each of STATEMENTS) {
      for (let n = 0; n < 8; n++) {
        await askOnce(
          target,
          newCall(each, each.parameters.map((name) => VALUES[name as "id"])),
        );
      }
    }
    const call = newCall(COUNTS, [], true);
    await askOnce(target, call);
    return (call.answer as { settled: boolean }[]).map(({ settled }) => settled);
  } finally {
    await target.close();
  }
}

/** The same of the stored plans: one for any values speaks of `$1`. */
async function settledInPlans(url: string, settings: Record<string, string>): Promise<unknown[]> {
  const arm: Arm = { name: "sql", target: { path: "sql", url, settings }, statements: STATEMENTS };
  const mix = { valuesOf: () => VALUES } as unknown as Mix;
  const plans = await explainAll({ arms: [arm] }, mix, "test", new AbortController().signal);
  return plans.map(({ plan }) => /\$1/.test(JSON.stringify(plan)));
}

Deno.test("an arm with a cache has plans where no arm without one asks the same", async () => {
  await withDatabase(async (url) => {
    const arm = (path: "sql" | "sql+cache", first: number, settings?: Record<string, string>): Arm => ({
      name: `arm-${first}`,
      target: { path, url, ...settings && { settings } },
      statements: [statement(first, "SELECT 1", [])],
    });
    const explained = async (...arms: Arm[]) => {
      const mix = { valuesOf: () => VALUES } as unknown as Mix;
      const plans = await explainAll({ arms }, mix, "test", new AbortController().signal);
      return plans.map(({ operationId }) => operationId);
    };
    assert.deepEqual(await explained(arm("sql+cache", 0)), [0]);
    assert.deepEqual(await explained(arm("sql+cache", 0), arm("sql", 1), arm("sql", 2)), [1, 2]);
    const own = { enable_seqscan: "off" };
    assert.deepEqual(await explained(arm("sql", 0), arm("sql+cache", 1), arm("sql+cache", 2, own)), [0, 2]);
    const graphql: Arm = { ...arm("sql", 3), target: { path: "graphql", url: "http://localhost:1/graphql" } };
    assert.deepEqual(await explained(graphql), []);
  });
});

Deno.test("a stored plan is for any values exactly where that of a measured connection is", async (t) => {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`
      CREATE TABLE item (id integer PRIMARY KEY, state text NOT NULL);
      INSERT INTO item SELECT n, CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'usual' END FROM generate_series(1, 20000) AS n;
      CREATE INDEX item_state ON item (state);
      ANALYZE item`).finally(() => client.end());
    const expected = {
      auto: [true, false],
      force_custom_plan: [false, false],
      force_generic_plan: [true, true],
    };
    for (const [mode, settled] of Object.entries(expected)) {
      await t.step(mode, async () => {
        const settings = { plan_cache_mode: mode };
        assert.deepEqual(await settledUnderLoad(url, settings), settled);
        assert.deepEqual(await settledInPlans(url, settings), settled);
      });
    }
  });
});
