import type { Sample } from "../model/run.ts";
import { HostSource } from "./host_source.ts";
import { PostgresSource } from "./postgres_source.ts";
import { RedisSource } from "./redis_source.ts";
import type { Source } from "./source.ts";

export interface SamplerOptions {
  /** The database under load. */
  readonly url: string;
  readonly redisUrl?: string;
  /** Default 1000. */
  readonly periodMs?: number;
  /** The run's clock: microseconds since its start. */
  readonly nowUs: () => number;
  /** Processes to follow by name, with their descendants. */
  readonly pids: Readonly<Record<string, number>>;
  /** Takes what one tick of one source gave. Must not throw. */
  readonly emit: (samples: Sample[]) => void;
}

/** What came of observing: what it cost and what it missed. */
export interface SamplerSummary {
  readonly sources: readonly {
    readonly source: Sample["source"];
    readonly ticks: number;
    /** Ticks in which the source could not be read, and those that passed while it was still being read. */
    readonly missed: number;
    /** Time that a reading took, milliseconds: the observer's cost, waiting included. */
    readonly meanMs: number;
    readonly maxMs: number;
  }[];
  /** What was not measured and why, in whole sentences; each failure once. */
  readonly unavailable: readonly string[];
}

export interface Sampler {
  stop(): Promise<SamplerSummary>;
}

/**
 * Samples PostgreSQL, Redis and the host once a period until it is stopped. Each source has a loop of its own:
 * a server that hangs leaves a hole in its own series only. A source that fails is named in the summary; the
 * run never sees an exception. The time each reading took is a sample too (`observer_ms`).
 */
export function startSampler(options: SamplerOptions): Sampler {
  const periodMs = options.periodMs ?? 1000;
  const timeoutMs = Math.max(1_000, periodMs);
  const sources: Source[] = [new HostSource(options.pids), new PostgresSource(options.url, timeoutMs)];
  if (options.redisUrl !== undefined) sources.push(new RedisSource(options.redisUrl, timeoutMs));
  const loops = sources.map((source) => observe(source, periodMs * 1000, options));
  let summary: Promise<SamplerSummary> | undefined;
  return {
    stop() {
      summary ??= Promise.all(loops.map((loop) => loop.stop())).then((results) => ({
        sources: results.map(({ unavailable: _, ...result }) => result),
        unavailable: results.flatMap(({ unavailable }) => unavailable),
      }));
      return summary;
    },
  };
}

function observe(source: Source, periodUs: number, { nowUs, emit }: SamplerOptions) {
  const startUs = nowUs();
  const failures = new Map<string, number>();
  let ticks = 0;
  let missed = 0;
  let spentMs = 0;
  let maxMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let current: Promise<void> = Promise.resolve();

  const tick = async () => {
    const atUs = nowUs();
    const begun = performance.now();
    try {
      const readings = await source.read(atUs);
      const costMs = performance.now() - begun;
      ticks++;
      spentMs += costMs;
      maxMs = Math.max(maxMs, costMs);
      // Stamped with the moment the reading began: what a slow server tells is from then or later.
      const at = { atUs: Math.round(atUs), source: source.name };
      emit([
        ...readings.map((reading) => ({ ...at, ...reading })),
        { ...at, metric: "observer_ms", labels: {}, value: costMs },
      ]);
    } catch (error) {
      missed++;
      const reason = (error as Error).message || String(error);
      failures.set(reason, (failures.get(reason) ?? 0) + 1);
    }
  };
  const schedule = (index: number) => {
    if (stopped) return;
    const delayMs = (startUs + index * periodUs - nowUs()) / 1000;
    timer = setTimeout(() => {
      current = tick().then(() => {
        // Absolute times, so that the series does not drift; ticks that have passed are missed, not caught up.
        const next = Math.max(index + 1, Math.ceil((nowUs() - startUs) / periodUs));
        missed += next - index - 1;
        schedule(next);
      });
    }, Math.max(0, delayMs));
  };
  schedule(0);

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await bounded(current);
      await bounded(source.close().catch(() => {}));
      return {
        source: source.name,
        ticks,
        missed,
        meanMs: ticks === 0 ? 0 : spentMs / ticks,
        maxMs,
        unavailable: [
          ...source.unavailable,
          ...[...failures].map(([reason, times]) =>
            `${LABEL[source.name]} could not be sampled at ${times} moment${
              times === 1 ? "" : "s"
            }: ${reason}.`
          ),
        ],
      };
    },
  };
}

const LABEL: Readonly<Record<Sample["source"], string>> = {
  postgres: "PostgreSQL",
  redis: "Redis",
  host: "The host",
  generator: "The generator",
};

/** The end of a run does not wait for a server that hangs. */
async function bounded(promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => timer = setTimeout(resolve, 1_000));
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
