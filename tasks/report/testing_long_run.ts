import assert from "node:assert/strict";
import { join } from "node:path";
import * as charts from "../charts/mod.ts";
import type { Figure } from "../charts/figure.ts";
import { readConfig } from "../config.ts";
import { openRun, type RunReader } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { fixtureRun } from "../summary/testing.ts";
import { makeReport } from "./report.ts";

/** Bins of a chart at the most, whatever the run's length. */
const MOST_BINS = 1800;
/** Of one chart with its numbers: several make a page that can still be sent. */
const MOST_CHARACTERS = 4_000_000;

/** A run of hours with arms that take turns in blocks of a length, at a low rate, and three samples a second. */
export async function withLongRun(
  { rounds, blockSeconds, rate }: {
    readonly rounds: number;
    readonly blockSeconds: number;
    readonly rate: number;
  },
  use: (bench: RunReader) => Promise<void>,
): Promise<void> {
  const kept = new Set(["cpu_user", "cpu_steal", "gap_ms"]);
  await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, {
      blocks: rounds,
      blockSeconds,
      rate,
      samples: (samples) => samples.filter(({ metric }) => kept.has(metric)),
    });
    await use(await openRun(runId, { db }));
  });
}

/** Draws what the notebooks draw by time, and checks that it stays small and counts every request. */
export async function checkCharts(bench: RunReader): Promise<void> {
  const small = (figure: Figure) => {
    const { svg, id } = figure;
    const length = [svg].flat().join("").length;
    assert(length < MOST_CHARACTERS, `${id}: ${length} characters`);
  };
  type Bin = { arm: string; second: number; n: number; lowMs: number; state: string };
  const distinct = (rows: readonly Bin[], of: keyof Bin) => new Set(rows.map((row) => row[of])).size;
  const total = (rows: readonly { n: number }[]) => rows.reduce((sum, { n }) => sum + n, 0);
  const [counts] = await bench.rows<{ n: number; cached: number; timed: number }>(
    `SELECT count(*) AS n, count(cache) AS cached, count(*) FILTER (outcome IN ('ok', 'timeout')) AS timed
     FROM request WHERE run_id = $run`,
  );

  const timeline = await bench.rows<charts.SecondPoint & Bin>("timeline");
  assert(distinct(timeline, "second") <= MOST_BINS && timeline.length <= MOST_BINS * 4, `${timeline.length}`);
  assert.equal(total(timeline), counts!.n);
  // What the blocks cover is the run, whatever the width of the bins.
  const [run] = await bench.rows<{ s: number }>(
    "SELECT max(end_us) / 1e6 AS s FROM phase WHERE run_id = $run",
  );
  const covered = timeline.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  assert(covered <= run!.s * 1.0001 + timeline.length * 0.001, `${covered} of ${run!.s} s`);
  small(charts.overTime(timeline));

  const heatmap = await bench.rows<charts.HeatmapBin & Bin>("heatmap");
  assert(distinct(heatmap, "second") <= MOST_BINS);
  assert.equal(total(heatmap), counts!.timed);
  small(charts.latencyHeatmap(heatmap));

  const cache = await bench.rows<charts.CacheSecond & Bin>("cache_states");
  assert(distinct(cache, "second") <= MOST_BINS);
  assert.equal(total(cache), counts!.cached);
  small(charts.cacheStates(cache));

  const samples = await bench.rows<charts.SampleRow>("samples");
  const gaps = samples.filter(({ metric }) => metric === "gap_ms");
  assert(gaps.length > 100 && gaps.length <= MOST_BINS + 1, `${gaps.length} of gap_ms`);
  small(charts.sampleSeries(charts.samplePanels(samples)));
}

/** A report can be sent as one file: README.md says how large it is at the most. */
const MOST_PAGE_BYTES = 2e6;

/** Makes the whole report, and checks that its page is as small as is promised. */
export async function checkPage({ db, run }: RunReader): Promise<void> {
  await withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: join(dir, "reports") };
    const { html } = await makeReport({ config, db, runRef: run.runId, pdf: false });
    const { size } = await Deno.stat(html);
    assert(size < MOST_PAGE_BYTES, `${size} bytes`);
  });
}
