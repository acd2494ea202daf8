import assert from "node:assert/strict";
import { type LoopDelay, LoopDelayMonitor } from "../net/loop_delay.ts";
import { monotonicUs } from "../net/clock.ts";
import { GENERATOR_METRICS } from "../observe/sources/generator.ts";
import { GeneratorCost } from "./generator_cost.ts";
import { LiveCounts } from "./live_counts.ts";
import { ThreadClock } from "./thread_clock.ts";
import { sleep } from "../net/sleep.ts";

const SECOND = 1e6;
/** A thread of which nothing is told but that its loop went. */
const QUIET = {
  nowUs: () => 0,
  worker: 0,
  realTime: false,
  native: true,
  loopDelay: (): LoopDelay => ({ longestUs: 0, delayP50Us: null, delayP99Us: null }),
  moves: () => null,
};
let sink: unknown[] = [];

/** Keeps the thread busy, and its garbage collector too. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;) {
    fill(1000);
  }
}

function fill(objects: number): void {
  for (let index = 0; index < objects; index++) sink.push({ index, pair: [index, index] });
  if (sink.length > 200_000) sink = [];
}

Deno.test("a full second gives every metric once, with the worker's name", () => {
  const live = new LiveCounts();
  const cost = new GeneratorCost({ ...QUIET, worker: 3 });
  for (let index = 0; index < 368; index++) live.woke(index < 360 ? 100 : 400);
  assert.deepEqual(cost.take(live.take(SECOND / 2)), []);
  work(50);
  const samples = cost.take(live.take(SECOND));
  cost.end(live.take(SECOND));
  // Nothing is told about delays that are not known.
  const expected = GENERATOR_METRICS.map(({ name }) => name)
    .filter((name) => !name.startsWith("loop_delay") && name !== "thread_moves");
  assert.deepEqual(samples.map(({ metric }) => metric), expected);
  for (const { source, labels, atUs } of samples) {
    assert.deepEqual({ source, labels, atUs }, {
      source: "generator",
      labels: { worker: "3" },
      atUs: SECOND,
    });
  }
  const value = Object.fromEntries(samples.map((sample) => [sample.metric, sample.value]));
  assert.ok(Math.abs(value["lag_p50_ms"]! - 0.1) < 0.001 && Math.abs(value["lag_p99_ms"]! - 0.4) < 0.004);
  assert.ok(Math.abs(value["lag_longest_ms"]! - 0.4) < 0.004);
  // 368 requests in a second of the clock that was given; the two are rounded apart.
  assert.ok(Math.abs(value["cpu_per_request_us"]! - value["cpu_cores"]! * SECOND / 368) < 1e-6);
});

Deno.test("of a second with few requests the longest lag is told, and no quantile of it", () => {
  const live = new LiveCounts();
  const cost = new GeneratorCost(QUIET);
  for (let index = 0; index < 367; index++) live.woke(100);
  const metrics = cost.take(live.take(SECOND)).map(({ metric }) => metric);
  cost.end(live.take(SECOND));
  assert.deepEqual(metrics.filter((metric) => metric.startsWith("lag")), ["lag_p50_ms", "lag_longest_ms"]);
});

Deno.test("a second without a request has no cost of a request", () => {
  const live = new LiveCounts();
  const cost = new GeneratorCost(QUIET);
  const metrics = cost.take(live.take(SECOND)).map(({ metric }) => metric);
  cost.end(live.take(SECOND));
  assert.ok(metrics.includes("cpu_cores") && metrics.includes("gap_ms"));
  assert.ok(!metrics.includes("cpu_per_request_us") && !metrics.includes("lag_p99_ms"));
});

Deno.test("of the last moments only the gap counts, and of a longer rest everything", () => {
  const live = new LiveCounts();
  const short = new GeneratorCost(QUIET);
  live.woke(1);
  assert.deepEqual(short.end(live.take(SECOND / 10)).map(({ metric }) => metric), ["gap_ms"]);
  const long = new GeneratorCost(QUIET);
  live.woke(1);
  const metrics = long.end(live.take(SECOND / 2)).map(({ metric }) => metric);
  assert.ok(metrics.includes("gap_ms") && metrics.includes("cpu_per_request_us"));
  const whole = new GeneratorCost(QUIET);
  assert.ok(whole.end(live.take(SECOND)).length > 1);
});

Deno.test("moves to another core are counted second by second, and said to be off where nothing moves the thread", () => {
  const live = new LiveCounts();
  let moves: number | null = 0;
  const cost = new GeneratorCost({ ...QUIET, moves: () => moves });
  const told = (second: number, sofar: number | null) => {
    moves = sofar;
    const samples = cost.take(live.take(second * SECOND));
    return ["thread_migration", "thread_moves"].map((name) => samples.find((s) => s.metric === name)?.value);
  };
  assert.deepEqual(told(1, 3), [1, 3]);
  assert.deepEqual(told(2, 3), [1, 0]);
  assert.deepEqual(told(3, 8), [1, 5]);
  assert.deepEqual(told(4, null), [0, undefined]);
  cost.end(live.take(4 * SECOND));
});

Deno.test("the event loop's delays and gaps are seen", async () => {
  const live = new LiveCounts();
  const monitor = new LoopDelayMonitor(monotonicUs);
  const cost = new GeneratorCost({
    ...QUIET,
    nowUs: monotonicUs,
    loopDelay: () => monitor.take(),
  });
  const startUs = monotonicUs();
  await sleep(30);
  work(60);
  await sleep(30);
  const tick = { ...live.take(0), toUs: monotonicUs() + SECOND };
  const value = Object.fromEntries(cost.take(tick).map(({ metric, value }) => [metric, value]));
  cost.end(tick);
  monitor.stop();
  const elapsedMs = (monotonicUs() - startUs) / 1000;
  assert.ok(value["gap_ms"]! >= 60 && value["gap_ms"]! <= elapsedMs);
  // Late by the whole standstill less the ten milliseconds that a tick waits.
  assert.ok(value["loop_delay_p99_ms"]! >= 49 && value["loop_delay_p99_ms"]! <= elapsedMs);
  assert.ok(value["loop_delay_p50_ms"]! <= value["loop_delay_p99_ms"]!);
});

Deno.test("garbage collections are told in milliseconds", () => {
  const live = new LiveCounts();
  const cost = new GeneratorCost(QUIET);
  const began = performance.now();
  // So many objects that the collector must come, however slow the machine is.
  for (let round = 0; round < 6; round++) fill(200_000);
  const elapsedMs = performance.now() - began;
  const samples = cost.take(live.take(SECOND));
  cost.end(live.take(SECOND));
  const value = Object.fromEntries(samples.map(({ metric, value }) => [metric, value]));
  // Work that keeps hundreds of thousands of objects spends milliseconds there, not micro- or nanoseconds.
  assert.ok(value["gc_ms"]! > 0.5 && value["gc_ms"]! < elapsedMs, `${value["gc_ms"]} ms of ${elapsedMs}`);
  assert.ok(value["gc_longest_ms"]! > 0 && value["gc_longest_ms"]! <= value["gc_ms"]!);
});

Deno.test("the thread's clock counts its own work, and not that of other threads", async () => {
  using clock = new ThreadClock();
  const busy = new Worker(
    "data:text/javascript,postMessage(0);for(const t=performance.now();performance.now()-t<300;);postMessage(1)",
    { type: "module" },
  );
  const before = clock.us();
  await new Promise<void>((resolve) => busy.onmessage = ({ data }) => data === 1 && resolve());
  busy.terminate();
  const idle = clock.us() - before;
  const began = performance.now();
  // However little of the processor it is given.
  const own = () => clock.us() - before - idle;
  while (own() < 20_000) work(1);
  const worked = own();
  const elapsed = (performance.now() - began) * 1000;
  assert.ok(idle < 150_000, `${idle} µs while another thread worked for 300 ms`);
  assert.ok(worked <= elapsed, `${worked} µs while this one worked for ${elapsed} µs`);
});
