import { counted } from "../model/units.ts";
import type { Sample } from "../model/run.ts";
import { Meter } from "./meter.ts";
import { OBSERVER, SAMPLE_SOURCES } from "./sample_sources.ts";
import type { SampleSource, SourceContext } from "./source.ts";

export interface SamplerOptions extends Omit<SourceContext, "url"> {
  /** URLs of the databases under load, one at least, by the instance of PostgreSQL that each lies in. */
  readonly databases: Readonly<Record<string, string>>;
  /** For all sources, instead of each one's own. */
  readonly periodMs?: number;
  /** The run's clock: microseconds since its start. */
  readonly nowUs: () => number;
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
 * Samples every source of the registry once a period until it is stopped. Each source has a loop of its own:
 * a server that hangs leaves a hole in its own series only. A source that fails is named in the summary; the
 * run never sees an exception. The time each reading took is a sample too (`observer_ms`). Of several
 * PostgreSQL servers each is a source of its own, and its samples bear its name as the label `instance`.
 */
export function startSampler(options: SamplerOptions): Sampler {
  const loops = SAMPLE_SOURCES
    .filter(({ open, needs }) => open !== undefined && (needs !== "Redis" || options.redisUrl !== undefined))
    .flatMap((source) =>
      contextsOf(source, options).map(({ context, instance }) => observe(source, context, instance, options))
    );
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

/** What a source is opened with, once for each server that it reads; `instance` where there are several. */
function contextsOf({ needs }: SampleSource, { databases, redisUrl, pids }: SamplerOptions) {
  const all = Object.entries(databases).map(([instance, url]) => ({
    context: { url, redisUrl, pids },
    instance,
  }));
  return needs === "PostgreSQL" && all.length > 1 ? all : [{ ...all[0]!, instance: undefined }];
}

function observe(
  source: SampleSource,
  context: SourceContext,
  instance: string | undefined,
  { nowUs, emit, periodMs = source.periodMs }: SamplerOptions,
) {
  const periodUs = periodMs * 1000;
  const opening = source.open!(context, Math.max(1_000, periodMs));
  const own: Sample["labels"] = instance === undefined ? {} : { instance };
  const title = instance === undefined ? source.title : `${source.title} (${instance})`;
  // Whoever reads it hears of a failure.
  opening.catch(() => {});
  const meter = new Meter(source.metrics);
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
    try {
      const opened = await opening;
      const atUs = nowUs();
      const begun = performance.now();
      const read = await opened.read();
      const readings = meter.values(read, atUs, opened.connections);
      const costMs = performance.now() - begun;
      ticks++;
      spentMs += costMs;
      maxMs = Math.max(maxMs, costMs);
      // Stamped with the moment the reading began: what a slow server tells is from then or later.
      const at = { atUs: Math.round(atUs), source: source.name };
      emit([
        ...readings.map(({ labels, ...reading }) => ({ ...at, ...reading, labels: { ...labels, ...own } })),
        { ...at, metric: OBSERVER.name, labels: own, value: costMs },
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
      const opened = await opening.catch(() => null);
      if (opened !== null) await bounded(opened.close().catch(() => {}));
      return {
        source: source.name,
        ticks,
        missed,
        meanMs: ticks === 0 ? 0 : spentMs / ticks,
        maxMs,
        unavailable: [
          ...opened?.unavailable ?? [],
          ...[...failures].map(([reason, times]) =>
            `${title} could not be sampled ${counted(times, "time")}: ${reason}.`
          ),
        ],
      };
    },
  };
}

/** The end of a run does not wait for a server that hangs. */
async function bounded(promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => timer = setTimeout(resolve, 1_000));
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
