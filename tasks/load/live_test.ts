import assert from "node:assert/strict";
import type { LiveFigures } from "../model/live.ts";
import type { Phase } from "../model/run.ts";
import { FakeTarget, type Script } from "../targets/testing_fake.ts";
import { Dispatcher } from "./dispatcher.ts";
import { LiveCounts, type LiveTick } from "./live_counts.ts";
import { LiveView } from "./live_view.ts";
import { LogHistogram } from "../stats/log_histogram.ts";

const SECOND = 1e6;
const EMPTY = new LogHistogram().take();

/** About what the counters of half a second say. */
function tick(fromUs: number, toUs: number, given: Partial<LiveTick> = {}): LiveTick {
  return { fromUs, toUs, due: 0, ok: 0, cache: [0, 0, 0, 0], response: EMPTY, lag: EMPTY, ...given };
}

function times(...us: number[]): LiveTick["response"] {
  const histogram = new LogHistogram();
  for (const each of us) histogram.add(each);
  return histogram.take();
}

function near(actual: number | null, expected: number): void {
  assert.ok(Math.abs(actual! - expected) <= expected * 0.01, `${actual} instead of ${expected}`);
}

Deno.test("each tick tells what came since the one before, by the outcomes as a summary counts them", () => {
  const live = new LiveCounts();
  live.woke(50);
  live.woke(150);
  live.ended("ok", 1000, "hit");
  live.ended("timeout", 9000, null);
  live.ended("failed", 3000, "miss");
  const first = live.take(SECOND / 2);
  assert.deepEqual(
    [first.fromUs, first.toUs, first.due, first.ok, first.cache],
    [0, SECOND / 2, 2, 1, [1, 1, 0, 0]],
  );
  const response = new LogHistogram();
  response.merge(first.response);
  near(response.quantile(0.5), 1000);
  near(response.quantile(1), 9000);

  live.missed();
  live.ended("shed", NaN, null);
  live.ended("unsent", NaN, null);
  const second = live.take(SECOND);
  assert.deepEqual([second.fromUs, second.toUs, second.due, second.ok], [SECOND / 2, SECOND, 1, 0]);
  assert.deepEqual([second.response.counts.length, second.response.infinite], [0, 2]);
});

Deno.test("the clients of a closed loop are never late", () => {
  const live = new LiveCounts("closed");
  live.woke(0);
  const first = live.take(SECOND / 2);
  assert.equal(first.due, 1);
  const view = new LiveView();
  view.add(0, first);
  assert.equal(view.figures(SECOND / 2).lagP99Ms, null);
});

Deno.test("the dispatcher counts each slot once, with its last attempt", async () => {
  const phase: Phase = {
    phaseId: 0,
    segment: "steady",
    measured: true,
    block: 0,
    arm: "sql",
    startUs: 0,
    endUs: SECOND,
  };
  const statement = { operationId: 0, name: "one", write: false, text: "", parameters: [] };
  const scripts: Script[] = [
    { serviceMs: 0, outcome: "failed", error: "40001" },
    { serviceMs: 0, cache: "hit" },
    { serviceMs: 0, cache: "miss" },
  ];
  const live = new LiveCounts();
  const dispatcher = new Dispatcher({
    phases: [phase],
    arms: [{ name: "sql", target: { path: "sql", url: "" }, statements: [statement] }],
    targets: [new FakeTarget(() => 2500, (_, index) => scripts[index]!)],
    mix: { operationOf: () => 0, valuesOf: () => ({}) },
    recorder: { push: () => {} },
    live,
    nowUs: () => 2500,
    timeoutMs: 5000,
    inFlightCap: 10,
    retry: { attempts: 1, backoffMs: 0 },
    later: (_atUs, work) => setTimeout(work),
  });
  await new Promise((resolve) => dispatcher.send(dispatcher.ready(0, 0, 1000), 1100, resolve));
  await new Promise((resolve) => dispatcher.send(dispatcher.ready(1, 0, 2000), 2100, resolve));
  dispatcher.unsent(2, 0, 3000);
  const { due, ok, cache, response, lag } = live.take(SECOND);
  assert.deepEqual({ due, ok, cache }, { due: 3, ok: 2, cache: [1, 1, 0, 0] });
  assert.deepEqual(response, times(1500, 500, Infinity));
  assert.deepEqual(lag, times(100, 100));
});

Deno.test("rates are of the last second and quantiles of the last five, over all generators", () => {
  const view = new LiveView();
  for (let half = 0; half < 20; half++) {
    const old = half < 10;
    view.add(
      0,
      tick(half * SECOND / 2, (half + 1) * SECOND / 2, {
        due: old ? 1 : 50,
        ok: old ? 1 : 40,
        cache: [old ? 0 : 3, 0, 1, 0],
        response: times(...Array(40).fill(old ? 7e6 : 1000)),
        lag: times(...Array(40).fill(20)),
      }),
    );
  }
  view.add(
    1,
    tick(9.4 * SECOND, 9.9 * SECOND, { due: 10, ok: 5, response: times(...Array(400).fill(3000)) }),
  );
  const figures = view.figures(10 * SECOND);
  assert.deepEqual([figures.offeredPerSecond, figures.achievedPerSecond], [120, 90]);
  near(figures.p50Ms, 1);
  near(figures.p95Ms, 3);
  near(figures.p99Ms, 3);
  near(figures.lagP99Ms, 0.02);
  assert.equal(figures.hitRate, 0.75);
});

Deno.test("a quantile that so few requests cannot tell is not shown", () => {
  const figures = (n: number) => {
    const view = new LiveView();
    view.add(
      0,
      tick(0, SECOND / 2, { response: times(...Array(n).fill(1000)), lag: times(...Array(n).fill(20)) }),
    );
    return view.figures(SECOND / 2);
  };
  const known = ({ p50Ms, p95Ms, p99Ms, lagP99Ms }: LiveFigures) =>
    [p50Ms, p95Ms, p99Ms, lagP99Ms].map((ms) => ms !== null);
  assert.deepEqual(known(figures(71)), [true, false, false, false]);
  assert.deepEqual(known(figures(367)), [true, true, false, false]);
  assert.deepEqual(known(figures(368)), [true, true, true, true]);
});

Deno.test("a generator that is silent counts as standing still, and one that was is averaged over the gap", () => {
  const view = new LiveView();
  view.add(0, tick(0, SECOND / 2, { due: 100, ok: 100 }));
  assert.equal(view.figures(SECOND / 2).offeredPerSecond, 200);
  assert.equal(view.figures(4 * SECOND).offeredPerSecond, 0);
  view.add(0, tick(SECOND / 2, 4.5 * SECOND, { due: 800, ok: 400 }));
  assert.equal(view.figures(4.5 * SECOND).offeredPerSecond, 200);
  assert.equal(view.figures(4.5 * SECOND).achievedPerSecond, 100);
});

Deno.test("before anything happened there is nothing to tell", () => {
  assert.deepEqual(new LiveView().figures(0), {
    offeredPerSecond: 0,
    achievedPerSecond: 0,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    hitRate: null,
    lagP99Ms: null,
  });
});

Deno.test("a view's memory does not grow with the run", () => {
  const view = new LiveView();
  let longest = 0;
  for (let half = 0; half < 2000; half++) {
    view.add(0, tick(half * SECOND / 2, (half + 1) * SECOND / 2));
    longest = Math.max(longest, view.size);
  }
  assert.ok(longest <= 12, `${longest} ticks are kept`);
});
