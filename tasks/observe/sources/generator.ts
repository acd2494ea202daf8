import { gauge, type Panel } from "../../model/metric.ts";
import type { SampleSource } from "../source.ts";

const labels = ["worker"];
const panel = (title: string, series: string): { panel: Panel; labels: string[] } => ({
  panel: { title, series },
  labels,
});

/** What one generator thread was like in the last second, in the order of its samples. */
export const GENERATOR_METRICS = [
  gauge("cpu_cores", "cores", "CPU time of the thread", panel("Generator CPU, cores", "busiest worker")),
  gauge("cpu_per_request_us", "µs", "CPU time of the thread by requests that fell due", { labels }),
  gauge("lag_p50_ms", "ms", "median generator lag (woke − due)", { labels }),
  gauge(
    "lag_p99_ms",
    "ms",
    "p99 of the generator lag, of seconds with enough requests to estimate it",
    panel("Generator lag", "p99"),
  ),
  gauge("lag_longest_ms", "ms", "the longest generator lag", panel("Longest generator lag", "lag")),
  gauge(
    "gap_ms",
    "ms",
    "longest time in which the event loop stood still; the 10 ms between two looks are included",
    panel("Longest generator gap", "gap"),
  ),
  gauge("loop_delay_p50_ms", "ms", "how long an answer may lie before it is looked at: the median turn", {
    labels,
  }),
  gauge("loop_delay_p99_ms", "ms", "p99 of the same delay", { labels }),
  gauge("gc_ms", "ms", "time spent in garbage collections", { labels }),
  gauge("gc_longest_ms", "ms", "the longest garbage collection", { labels }),
  gauge(
    "native_loop",
    "0 or 1",
    "1 where the thread waits for its sockets itself, 0 where Deno's event loop does",
    {
      labels,
    },
  ),
  gauge(
    "real_time",
    "0 or 1",
    "1 where the thread has real-time priority, and waits for no ordinary thread",
    {
      labels,
    },
  ),
  gauge(
    "thread_migration",
    "0 or 1",
    "1 where a thread beside this one moves it to another core when it has to wait for its own " +
      "(`BENCHBOOK_THREAD_MIGRATION`)",
    { labels },
  ),
  gauge("thread_moves", "count", "how often it was moved so; absent where thread migration is off", {
    labels,
  }),
] as const;

/** The generator's own threads, which make their samples themselves: load/generator_cost.ts. */
export const GENERATOR: SampleSource = {
  name: "generator",
  title: "The generator",
  needs: "the load generator",
  periodMs: 1000,
  metrics: GENERATOR_METRICS,
};
