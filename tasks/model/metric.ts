/** What a metric's values count; a chart's axis is written in it. A share is 0 to 1. */
export type MetricUnit =
  | "share"
  | "bytes"
  | "bytes per second"
  | "cores"
  | "per second"
  | "ms per second"
  | "count"
  | "ratio"
  | "0 or 1"
  | "µs"
  | "ms"
  | "s";

/** Where the report draws a metric. */
export interface Panel {
  /** Metrics of one title share a panel, and must share their unit. */
  readonly title: string;
  /** The line's name, or which label names it: then there is a line for each of its values. */
  readonly series: string | { readonly label: string };
  /** What becomes of several values of one line at one moment, which differ in other labels; by default the largest. */
  readonly several?: "largest" | "sum";
  /** A line that is 0 all the time says nothing, and is left out. */
  readonly unlessZero?: true;
}

/** One thing that a sample source tells, as the store's table `sample` keeps it. */
export interface Metric {
  /** As the store names it, e.g. `gap_ms`. */
  readonly name: string;
  /** Of what is stored, so of a counter's rate. */
  readonly unit: MetricUnit;
  /** A gauge is stored as it was read, of a counter its growth per second. */
  readonly kind: "gauge" | "counter";
  /** What it is, for the documentation: without a capital and without a full stop. */
  readonly about: string;
  /** The labels that tell its series apart. */
  readonly labels: readonly string[];
  /** Where a source leaves out what there is none of: a series that was read once is 0 when it is not read again. */
  readonly absent?: 0;
  /** Without one the report does not draw it. */
  readonly panel?: Panel;
}

/** What a metric need not have. */
export type MetricOptions = Partial<Pick<Metric, "labels" | "absent" | "panel">>;

/** A metric that is stored as it was read. */
export function gauge<const Name extends string>(
  name: Name,
  unit: MetricUnit,
  about: string,
  options: MetricOptions = {},
): Metric & { readonly name: Name } {
  return { kind: "gauge", name, unit, about, labels: [], ...options };
}

/** A metric that only grows; `unit` is that of its growth per second. */
export function counter<const Name extends string>(
  name: Name,
  unit: MetricUnit,
  about: string,
  options: MetricOptions = {},
): Metric & { readonly name: Name } {
  return { kind: "counter", name, unit, about, labels: [], ...options };
}
