import { gauge, type MetricUnit, type Panel } from "../../model/metric.ts";
import type { SampleSource } from "../source.ts";

/** One value for each thread. */
const worker = <const Name extends string>(name: Name, unit: MetricUnit, about: string, panel?: Panel) =>
  gauge(name, unit, about, { labels: ["worker"], panel });

/** What one generator thread was like in the last second, in the order of its samples. */
export const GENERATOR_METRICS = [
  worker("cpu_cores", "cores", "CPU time of the thread", {
    title: "Generator CPU, cores",
    series: "busiest worker",
  }),
  worker("cpu_per_request_us", "µs", "CPU time of the thread by requests that fell due"),
  worker("lag_p50_ms", "ms", "median generator lag (woke − due)"),
  worker(
    "lag_p99_ms",
    "ms",
    "p99 of the generator lag, of seconds with enough requests to estimate it",
    { title: "Generator lag", series: "p99" },
  ),
  worker("lag_longest_ms", "ms", "the longest generator lag", {
    title: "Longest generator lag",
    series: "lag",
  }),
  worker(
    "gap_ms",
    "ms",
    "longest time in which the event loop stood still; the 10 ms between two looks are included",
    { title: "Longest generator gap", series: "gap" },
  ),
  worker("loop_delay_p50_ms", "ms", "how long an answer may lie before it is looked at: the median turn"),
  worker("loop_delay_p99_ms", "ms", "p99 of the same delay"),
  worker("gc_ms", "ms", "time spent in garbage collections"),
  worker("gc_longest_ms", "ms", "the longest garbage collection"),
  worker(
    "native_loop",
    "0 or 1",
    "1 where the thread waits for its sockets itself, 0 where Deno's event loop does",
  ),
  worker(
    "real_time",
    "0 or 1",
    "1 where the thread has real-time priority, and waits for no ordinary thread",
  ),
  worker(
    "thread_migration",
    "0 or 1",
    "1 where a thread beside this one moves it to another core when it has to wait for its own " +
      "(`BENCHBOOK_THREAD_MIGRATION`)",
  ),
  worker("thread_moves", "count", "how often it was moved so; absent where thread migration is off"),
] as const;

/** The generator's own threads, which make their samples themselves: load/generator_cost.ts. */
export const GENERATOR: SampleSource = {
  name: "generator",
  title: "The generator",
  needs: { the: "load generator" },
  periodMs: 1000,
  metrics: GENERATOR_METRICS,
};
