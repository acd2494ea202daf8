import assert from "node:assert/strict";
import { placeStore, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { compareRuns } from "../summary/compare/compare.ts";
import { makeRun, makeSeries } from "../summary/compare/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { faults, publishedSchema } from "./testing_schema.ts";

const SCHEMA = publishedSchema("comparison");

Deno.test("what compare prints is as the published schema has it", () =>
  withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    await withStore(storeFile(dir), "write", async (store) => {
      await makeSeries(store, 5, { label: "base" });
      await makeSeries(store, 5, { label: "slow", factor: 1.2, failing: 0.02, shed: 0.01 });
      await makeRun(store, { label: "else", config: { ratePerSecond: 9 } });
      const slower = await compareRuns(store, "base", "slow");
      assert.ok(slower.shifts.length > 0);
      assert.deepEqual(faults(slower, SCHEMA), []);
      assert.deepEqual(faults(await compareRuns(store, "base", "else"), SCHEMA), []);
    });
    assert.deepEqual(faults(comparisonFixture(), SCHEMA), []);
  }));

Deno.test("the check against the schema finds what is missing, unknown and of another type", () => {
  const { scenario: _scenario, ...rest } = comparisonFixture();
  assert.deepEqual(faults({ ...rest, more: 1, verdict: "better", id: 7 }, SCHEMA), [
    "$.scenario is missing",
    "$.id is number, not string",
    "$.verdict is better",
    "$.more is unknown",
  ]);
});
