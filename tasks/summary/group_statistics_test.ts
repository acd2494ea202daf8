import assert from "node:assert/strict";
import type { RunSummary, Summary } from "../model/summary.ts";
import { openStore } from "../store/open.ts";
import { withTempDir } from "../store/testing.ts";
import { summarise } from "./summarise.ts";
import { type FixtureOptions, type FixtureRow, fixtureRun } from "./testing.ts";

async function summaryOf(options: FixtureOptions): Promise<RunSummary> {
  return await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, options);
    const store = await openStore(db, { mode: "read" });
    try {
      return await summarise(store, runId);
    } finally {
      store.close();
    }
  });
}

function armOf(summary: RunSummary, arm: string): Summary {
  return summary.operations.find((each) => each.arm === arm && each.operation === null)!;
}

/** The interval's width as a share of the value. */
function width({ response }: Summary, level: string): number {
  const { value, low, high } = response[level]!;
  return (high! - low!) / value!;
}

const LONG: FixtureOptions = { blocks: 40, blockSeconds: 0.5, washoutSeconds: 0.1, slo: null };

/** The row as much later answered as its block is slower: by a factor that changes from block to block. */
function noisy(row: FixtureRow): FixtureRow {
  const factor = 1 + 0.5 * Math.sin(7 * row.phase.block);
  return { ...row, doneUs: row.intendedUs + factor * (row.doneUs - row.intendedUs) };
}

Deno.test("intervals are as wide as blocks differ, of quantiles and of error rates", async () => {
  const still = armOf(await summaryOf(LONG), "sql");
  const loud = armOf(await summaryOf({ ...LONG, change: noisy }), "sql");
  for (const level of ["0.5", "0.95"]) {
    assert.ok(width(loud, level) > 1.3 * width(still, level), `${width(loud, level)} ${width(still, level)}`);
  }
  assert.deepEqual(loud.warnings, []);
  const failing = armOf(
    await summaryOf({
      ...LONG,
      change: (row) => row.phase.block % 20 < 10 && row.slot % 3 === 0 ? { ...row, outcome: "failed" } : row,
    }),
    "sql",
  );
  const { value, low, high } = failing.errorRate;
  const independent = 2 * 1.96 * Math.sqrt(value! * (1 - value!) / failing.n);
  assert.ok(high! - low! > 2 * independent, `${low} to ${high}`);
});

Deno.test("an arm of one block or few has an interval, from stretches of time and a wider bound", async () => {
  for (const blocks of [1, 2, 3, 8]) {
    const seconds = 8 / blocks;
    const arm = armOf(
      await summaryOf({ blocks, blockSeconds: seconds, washoutSeconds: 0.1, slo: null }),
      "sql",
    );
    const { value, low, high } = arm.response["0.5"]!;
    assert.ok(low! < value! && value! < high! && high! < 3 * value!, `${blocks}: ${low} ${value} ${high}`);
    assert.deepEqual(arm.warnings, []);
  }
});

Deno.test("an arm of which nothing is ever answered has no quantile, and the others keep theirs", async () => {
  const nothing = { acquiredUs: NaN, sentUs: NaN, doneUs: NaN, outcome: "shed", error: null } as const;
  const summary = await summaryOf({
    ...LONG,
    change: (row) => row.phase.arm === "graphql" ? { ...row, ...nothing } : row,
  });
  const { response, service } = armOf(summary, "graphql");
  assert.equal(response["0.5"]!.warnings[0]!.code, "unbounded");
  assert.equal(service["0.5"]!.warnings[0]!.code, "no-data");
  assert.ok(armOf(summary, "sql").response["0.5"]!.low! > 0);
});
