import { gauge, type Metric } from "../model/metric.ts";
import type { Sample, ServiceFact } from "../model/run.ts";

/** One value of a source at one moment, before it has a time; a counter as it stands. */
export type Reading = Pick<Sample, "metric" | "labels" | "value">;

/** An open source of samples: something that can be asked, again and again, how it is. */
export interface SampleReader {
  /** Reads everything once. @throws when it cannot be read now; it may be asked again at the next tick. */
  read(): Promise<Reading[]> | Reading[];
  /** What this source cannot tell here, in whole sentences; known after the first reading. */
  readonly unavailable: readonly string[];
  /** How often it was connected: counters of before may be another server's. */
  readonly connections?: number;
  close(): Promise<void>;
}

/** A server whose own numbers are read, as its samples name it. */
export interface SampledInstance {
  readonly name: string;
  readonly service: ServiceFact["name"];
  /** Of a PostgreSQL: of the database under load in it. May hold a password. */
  readonly url: string;
}

/** What a source may be opened with. */
export interface SourceContext {
  /** Of the instance that it reads; empty where it reads none. */
  readonly url: string;
  /** Processes to follow by name, with their descendants; asked each time, as a service that restarts has another. */
  readonly pids: () => Readonly<Record<string, number>>;
  /** Whether the database is changed meanwhile; not if absent. */
  readonly inMigration?: boolean;
}

/** Services of which each instance is sampled, by how sentences call them. */
export const SAMPLED_SERVICES = { PostgreSQL: "postgres", Redis: "redis" } as const;

/** One kind of thing that a run samples: an entry of the registry in sample_sources.ts. */
export interface SampleSource {
  /** As the store names it. */
  readonly name: Sample["source"];
  /** Begins a sentence about it. */
  readonly title: string;
  /** Where its values come from: each instance of a service, which is a source of its own, or what a sentence calls so. */
  readonly needs: { readonly each: keyof typeof SAMPLED_SERVICES } | { readonly the: string };
  /** 0: told once, when the load is over. */
  readonly periodMs: number;
  /** While a database is changed, where that is another; ms. */
  readonly migrationPeriodMs?: number;
  /** In the order of their panels. */
  readonly metrics: readonly Metric[];
  /**
   * Opens it. Absent where its samples are made elsewhere. What is large is to be imported in here: the charts read the
   * registry too.
   * @param timeoutMs the longest that one reading may take
   */
  readonly open?: (context: SourceContext, timeoutMs: number) => Promise<SampleReader>;
}

/** Of every source that is read here: what observing costs. */
export const OBSERVER = gauge("observer_ms", "ms", "how long this reading took, waiting included");

/** A reading without labels. */
export function reading(metric: string, value: number, labels: Reading["labels"] = {}): Reading {
  return { metric, labels, value };
}
