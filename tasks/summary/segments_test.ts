import assert from "node:assert/strict";
import { bySegment } from "../charts/segments.ts";
import type { RunSummary } from "../model/summary.ts";
import { openRun, type RunReader } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { summarise } from "./summarise.ts";
import { FIXTURE_ARMS, type FixtureOptions, fixtureRun } from "./testing.ts";

const SEGMENTS = ["baseline", "migrate", "recovery"];
const SHORT = { blocks: 3, blockSeconds: 0.6, warmupSeconds: 1 };

function withSummary(
  options: FixtureOptions,
  body: (summary: RunSummary, bench: RunReader) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { ...SHORT, ...options });
    const bench = await openRun(runId, { db });
    await body(await summarise(bench, runId), bench);
  });
}

/** Ten times as long while the second of three segments goes on. */
const migrating: FixtureOptions = {
  segments: SEGMENTS,
  change: (row) =>
    row.phase.segment === "migrate" ? { ...row, doneUs: row.sentUs + 10 * (row.doneUs - row.sentUs) } : row,
};

Deno.test("a run with several measured segments has the figures of each beside those of all", () =>
  withSummary(migrating, async ({ operations, segments = [] }, bench) => {
    assert.deepEqual(
      segments.map(({ segment }) => segment),
      SEGMENTS,
      "in order of time, not of the alphabet",
    );
    const totals = (rows: typeof operations) => rows.filter(({ operation }) => operation === null);
    for (const { operations: own } of segments) {
      assert.deepEqual(
        own.map(({ arm, operation }) => [arm, operation]),
        operations.map((row) => [row.arm, row.operation]),
      );
    }
    for (const [at, { arm, n, outcomes }] of totals(operations).entries()) {
      const parts = segments.map(({ operations }) => totals(operations)[at]!);
      assert.ok(parts.every((part) => part.arm === arm && part.n > 20));
      assert.equal(parts.reduce((sum, part) => sum + part.n, 0), n);
      assert.equal(parts.reduce((sum, part) => sum + part.outcomes.failed, 0), outcomes.failed);
      const [before, during, after] = parts.map(({ response }) => response["0.5"]!.value!);
      assert.ok(during! > 5 * before! && during! > 5 * after!, `${arm}: ${before}, ${during}, ${after} ms`);
      // By the segment's own time: a third of the rounds.
      assert.ok(parts.every(({ throughput, outcomes: { ok } }) => Math.abs(throughput - ok / 0.4) < 1e-6));
    }

    const slots = await bench.rows<{ n: number; segment: string }>(
      "SELECT segment, count(*) AS n FROM request WHERE run_id = $run AND measured GROUP BY segment",
    );
    const curves = await bench.rows<{ arm: string; segment: string; operation: string | null; n: number }>(
      "latency",
    );
    for (const { segment, n } of slots) {
      const rows = curves.filter((row) => row.segment === segment && row.operation === null);
      assert.equal(rows.reduce((sum, row) => sum + row.n, 0), n);
    }
    for (const query of ["latency", "quantiles", "histogram"]) {
      const rows = bySegment(await bench.rows<{ arm: string; segment: string }>(query));
      const shown = SEGMENTS.flatMap((segment) =>
        [...FIXTURE_ARMS].sort().map((arm) => `${arm}, ${segment}`)
      );
      assert.deepEqual([...new Set(rows.map(({ arm }) => arm))], shown, query);
    }
  }));

Deno.test("a run with one measured segment has no figures beside those of all", () =>
  withSummary({}, async (summary, bench) => {
    assert.ok(!("segments" in summary));
    const rows = await bench.rows<{ arm: string; segment: string }>("latency");
    assert.equal(bySegment(rows), rows);
  }));
