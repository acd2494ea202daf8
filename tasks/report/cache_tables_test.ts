import assert from "node:assert/strict";
import type { RunSummary } from "../model/summary.ts";
import { PROMISED } from "../model/tier_text.ts";
import { Footnotes } from "./cells.ts";
import { CACHE } from "./sections/cache.ts";
import type { Material } from "./sections/section.ts";
import { TIERS } from "./sections/tiers.ts";
import { exampleSummary } from "./testing.ts";

const MAP = {
  lookups: 900,
  sampled: 1,
  ttls: [10, 60],
  memories: [1_000_000, 2_000_000],
  hitRates: [[0.4, 0.5], [0.6, 0.7]],
  own: { ttl: 60, computed: 0.7, measured: 0.69 },
  checks: [{ ttl: 10, memory: 2_000_000, computed: 0.5, measured: 0.48 }],
};
const CACHES: RunSummary["caches"] = ["sql+cache", "matview+cache"].map((arm) => ({
  arm,
  strategy: "cache-aside",
  // Of one no answer came from an entry.
  age: arm === "sql+cache" ? { n: 9, p50Ms: 10, p99Ms: 20, maxMs: 30, promisedMs: 66_000, older: 0 } : null,
  loads: 4,
  backgroundLoads: 0,
  map: arm === "sql+cache" ? MAP : null,
}));
const TIER: NonNullable<RunSummary["tiers"]>[number] = {
  tier: "matview",
  relation: "northwind_sales.sales_months",
  bytes: null,
  upkeep: null,
  arms: ["sql+cache", "graphql"].map((arm) => ({
    arm,
    staleness: null,
    hitRate: null,
    databaseMs: null,
    tablesMs: null,
  })),
  writes: [],
  readsPerSecond: 40,
  breakEven: null,
  advice: [],
};

Deno.test("each row of the tables of caches and tiers has a cell under each head", () => {
  const summary = { ...exampleSummary(), caches: CACHES, tiers: [TIER] };
  const material = { summary, slots: {}, rows: {}, footnotes: new Footnotes() } as unknown as Material;
  const tables = [CACHE, TIERS].flatMap((section) => section.view(material)!.tables);
  assert.deepEqual(tables.map(({ id }) => id), [
    "table-cache",
    "table-cache-age",
    "table-cache-checks",
    "table-tiers-answers",
    "table-tiers",
  ]);
  for (const { id, columns, groups } of tables) {
    for (const { span, rows } of groups) {
      assert.equal(rows.length, span, id);
      // The name of the group and that of the row have a head each.
      for (const { cells } of rows) assert.equal(cells.length + 2, columns.length, id);
    }
  }
  // A report promises in the words of the page that explains it.
  const page = Deno.readTextFileSync(new URL("../../docs/tiers.md", import.meta.url)).replaceAll(/\s+/g, " ");
  assert.ok(page.includes(`- **Promised**: ${PROMISED}`));
  assert.ok(tables.at(-1)!.note!.includes(`Promised: ${PROMISED}`));
  const none = tables[1]!.groups[1]!.rows[0]!.cells.map(({ text }) => text);
  assert.deepEqual(none, ["4", "0", "—", "—", "—", "—", "—", "—"]);
});
