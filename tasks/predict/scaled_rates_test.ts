import assert from "node:assert/strict";
import { factsOf, workKey } from "./facts.ts";
import { DEFAULT_RATES, SCALED_SPREAD } from "./rates.ts";
import { scaledRates } from "./scaled_rates.ts";
import { table, work } from "./testing.ts";

Deno.test("what was not measured is as much slower than usual as what was", () => {
  const build = work("index build", { columns: ["city"] });
  const usPerRow = { value: 4 * DEFAULT_RATES.indexUsPerRow.value, spread: 1 };
  const measured = new Map([[workKey(build), { fixedMs: 0, usPerRow, sorted: 1, rows: 270_000 }]]);
  const rates = { ...DEFAULT_RATES, statementMs: { value: 7, spread: 1 } };
  const found = scaledRates(rates, [build, work("scan")], factsOf([table()]), measured);
  assert.deepEqual(found.scanUsPerRow, {
    value: 4 * DEFAULT_RATES.scanUsPerRow.value,
    spread: SCALED_SPREAD,
  });
  // This one was.
  assert.deepEqual(found.statementMs, { value: 7, spread: 1 });
  assert.deepEqual(scaledRates(rates, [build], factsOf([table()]), new Map()), rates);
});
