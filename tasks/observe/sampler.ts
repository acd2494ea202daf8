import { counted } from "../model/units.ts";
import type { Sample } from "../model/run.ts";
import { waitAtMost } from "../net/time_limit.ts";
import { Meter } from "./meter.ts";
import { SAMPLE_SOURCES } from "./sample_sources.ts";
import {
  OBSERVER,
  SAMPLED_SERVICES,
  type SampledInstance,
  type SampleReader,
  type SampleSource,
  type SourceContext,
} from "./source.ts";

export interface SamplerOptions extends Omit<SourceContext, "url"> {
  /** Those that take part; their samples bear their names. */
  readonly instances: readonly SampledInstance[];
  /** For all sources, instead of each one's own. */
  readonly periodMs?: number;
  /** The longest that one reading may take, ms; a second if absent, or the period where that is longer. */
  readonly readingMs?: number;
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
 * run never sees an exception. The time each reading took is a sample too (`observer_ms`). Each instance of a service
 * is a source of its own, and its samples bear its name as the label `instance`.
 */
export function startSampler(options: SamplerOptions): Sampler {
  const loops = SAMPLE_SOURCES.filter(({ open }) => open !== undefined).flatMap((source) =>
    instancesOf(source, options).map((instance, _, all) =>
      new SourceLoop(source, { instance, several: all.length > 1 }, options)
    )
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

/** The instances that a source is opened for; null where it reads none. */
function instancesOf({ needs }: SampleSource, { instances }: SamplerOptions): (SampledInstance | null)[] {
  return "each" in needs
    ? instances.filter(({ service }) => service === SAMPLED_SERVICES[needs.each])
    : [null];
}

/** What a source reads. */
interface ReadInstance {
  /** Null where it reads none. */
  readonly instance: SampledInstance | null;
  /** Whether it is one of several of its kind: then sentences name it. */
  readonly several: boolean;
}

/** The end of a run does not wait longer for a server that hangs. */
const STOP_MS = 1_000;

/** One source, read once a period by a timer of its own until it is stopped. */
class SourceLoop {
  readonly #periodMs: number;
  readonly #labels: Sample["labels"];
  readonly #title: string;
  readonly #opening: Promise<SampleReader>;
  readonly #meter: Meter;
  readonly #startUs: number;
  /** Why it could not be read, and how often. */
  readonly #failures = new Map<string, number>();
  #ticks = 0;
  #missed = 0;
  #spentMs = 0;
  #maxMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #current: Promise<void> = Promise.resolve();

  constructor(
    readonly source: SampleSource,
    { instance, several }: ReadInstance,
    readonly options: SamplerOptions,
  ) {
    const { inMigration = false } = options;
    this.#periodMs = options.periodMs ?? (inMigration ? source.migrationPeriodMs : undefined) ??
      source.periodMs;
    this.#labels = instance === null ? {} : { instance: instance.name };
    this.#title = several ? `${source.title} (${instance!.name})` : source.title;
    const context = { url: instance?.url ?? "", pids: options.pids, inMigration };
    this.#opening = source.open!(context, options.readingMs ?? Math.max(1_000, this.#periodMs));
    // Whoever reads it hears of a failure.
    this.#opening.catch(() => {});
    this.#meter = new Meter(source.metrics);
    this.#startUs = options.nowUs();
    this.#schedule(0);
  }

  async stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await waitAtMost(STOP_MS, this.#current);
    const opened = await this.#opening.catch(() => null);
    if (opened !== null) await waitAtMost(STOP_MS, opened.close().catch(() => {}));
    return {
      source: this.source.name,
      ticks: this.#ticks,
      missed: this.#missed,
      meanMs: this.#ticks === 0 ? 0 : this.#spentMs / this.#ticks,
      maxMs: this.#maxMs,
      unavailable: [
        ...(opened?.unavailable ?? []).map((text) => text.replace(this.source.title, this.#title)),
        ...[...this.#failures].map(([reason, times]) =>
          `${this.#title} could not be sampled ${counted(times, "time")}: ${reason}.`
        ),
      ],
    };
  }

  #schedule(index: number): void {
    if (this.#stopped) return;
    const { nowUs } = this.options;
    const periodUs = this.#periodMs * 1000;
    const delayMs = (this.#startUs + index * periodUs - nowUs()) / 1000;
    this.#timer = setTimeout(() => {
      this.#current = this.#tick().then(() => {
        // Absolute times, so that the series does not drift; ticks that have passed are missed, not caught up.
        const next = Math.max(index + 1, Math.ceil((nowUs() - this.#startUs) / periodUs));
        this.#missed += next - index - 1;
        this.#schedule(next);
      });
    }, Math.max(0, delayMs));
  }

  async #tick(): Promise<void> {
    try {
      const opened = await this.#opening;
      const atUs = this.options.nowUs();
      const begun = performance.now();
      const read = await opened.read();
      const readings = this.#meter.values(read, atUs, opened.connections);
      const costMs = performance.now() - begun;
      this.#ticks++;
      this.#spentMs += costMs;
      this.#maxMs = Math.max(this.#maxMs, costMs);
      // Stamped with the moment the reading began: what a slow server tells is from then or later.
      const at = { atUs: Math.round(atUs), source: this.source.name };
      const own = this.#labels;
      this.options.emit([
        ...readings.map(({ labels, ...reading }) => ({ ...at, ...reading, labels: { ...labels, ...own } })),
        { ...at, metric: OBSERVER.name, labels: own, value: costMs },
      ]);
    } catch (error) {
      this.#missed++;
      const reason = (error as Error).message || String(error);
      this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    }
  }
}
