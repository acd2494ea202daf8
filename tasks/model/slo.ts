import { UsageError } from "./errors.ts";
import { hint } from "./suggest.ts";
import { parseDuration } from "./units.ts";

/** One service-level objective, e.g. `p95<200ms`, `errors<1%`, `hit>80%`, `throughput>1000`. */
export interface SloTerm {
  /** As the user wrote it. */
  readonly text: string;
  /** What is judged: a quantile of response time, or a rate. */
  readonly metric: "quantile" | "errors" | "hit" | "throughput" | "shed";
  /** For `quantile`: the level, 0 to 1 (p95 = 0.95, max = 1); otherwise null. */
  readonly level: number | null;
  /** On which side of the limit the measured value must lie. */
  readonly comparator: "<" | ">";
  /** Milliseconds, a share from 0 to 1, or requests a second. */
  readonly limit: number;
  /** The unit of `limit`; `%` limits are shares from 0 to 1. */
  readonly unit: "ms" | "%" | "/s";
}

const METRICS = ["p50", "p90", "p95", "p99", "p99.9", "max", "errors", "hit", "throughput", "shed"];
const EXAMPLE = `Write it like "p95<200ms,errors<1%,hit>80%,throughput>100/s".`;

/**
 * Parses a comma-separated SLO.
 * @throws {UsageError} naming the faulty term.
 */
export function parseSlo(text: string): SloTerm[] {
  const terms = text.split(",").map((term) => term.trim());
  return terms.map((term) => parseTerm(term));
}

function parseTerm(text: string): SloTerm {
  const match = /^([a-z][a-z0-9.]*)\s*(<=|>=|<|>)\s*(\S+)$/i.exec(text);
  if (!match) {
    throw new UsageError(
      `Cannot read the SLO term "${text}" as metric, comparator and limit: the form is wrong`,
      EXAMPLE,
    );
  }
  const metric = match[1]!.toLowerCase();
  const comparator = match[2]!.startsWith("<") ? "<" : ">";
  const limit = match[3]!;
  if (/^p\d+(\.\d+)?$/.test(metric) || metric === "max") {
    const level = metric === "max" ? 1 : Number(metric.slice(1)) / 100;
    if (!(level > 0 && level <= 1)) {
      throw new UsageError(`Cannot use the quantile "${metric}" in an SLO: it must lie between p0 and p100`);
    }
    expect(text, comparator, "<");
    return { text, metric: "quantile", level, comparator, limit: parseDuration(limit) * 1000, unit: "ms" };
  }
  switch (metric) {
    case "errors":
    case "shed":
      expect(text, comparator, "<");
      return { text, metric, level: null, comparator, limit: share(text, limit), unit: "%" };
    case "hit":
      expect(text, comparator, ">");
      return { text, metric, level: null, comparator, limit: share(text, limit), unit: "%" };
    case "throughput": {
      expect(text, comparator, ">");
      const value = Number(limit.replace(/\/s$/, ""));
      if (!(Number.isFinite(value) && value > 0)) {
        throw new UsageError(
          `Cannot read the limit of "${text}" as requests a second: it is "${limit}"`,
          EXAMPLE,
        );
      }
      return { text, metric, level: null, comparator, limit: value, unit: "/s" };
    }
    default:
      throw new UsageError(
        `Cannot judge the SLO term "${text}": "${metric}" is unknown`,
        hint(metric, METRICS),
      );
  }
}

function expect(text: string, comparator: string, wanted: "<" | ">"): void {
  if (comparator !== wanted) {
    throw new UsageError(
      `Cannot judge the SLO term "${text}": this metric needs "${wanted}" and has "${comparator}"`,
      EXAMPLE,
    );
  }
}

function share(text: string, limit: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(limit);
  const value = match ? Number(match[1]) / 100 : NaN;
  if (!(value >= 0 && value <= 1)) {
    throw new UsageError(
      `Cannot read the limit of "${text}" as a percentage from 0% to 100%: it is "${limit}"`,
      EXAMPLE,
    );
  }
  return value;
}
