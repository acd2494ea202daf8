import { UsageError } from "./errors.ts";
import { hint, nearest } from "./suggest.ts";
import { formatCount, formatSeconds, parseDuration } from "./units.ts";

/**
 * One service-level objective, e.g. `p95<200ms`, `errors<1%`, `hit>80%`, `throughput>1000`; with a scope before a
 * colon and a window behind it: `sql/product-by-id: p95<50ms over 10s`.
 */
export interface SloTerm {
  /** As the user wrote it. */
  readonly text: string;
  /** Which requests are judged, as it stands before the colon; null: each arm over all of its operations. */
  readonly scope: string | null;
  /** What is judged: a quantile of response time, a rate, or of a migration the longest stall. */
  readonly metric: "quantile" | "errors" | "hit" | "throughput" | "shed" | "stall";
  /** For `quantile`: the level, 0 to 1 (p95 = 0.95, max = 1); otherwise null. */
  readonly level: number | null;
  /** On which side of the limit the measured value must lie. */
  readonly comparator: "<" | ">";
  /** Whether the limit itself still holds, as `<=` and `>=` say. */
  readonly inclusive: boolean;
  /** Milliseconds, a share from 0 to 1, or requests a second. */
  readonly limit: number;
  /** The unit of `limit`; `%` limits are shares from 0 to 1. */
  readonly unit: "ms" | "%" | "/s";
  /** Whole seconds: each rolling window of this length must hold. Null: the measured time as a whole. */
  readonly windowSeconds: number | null;
}

/** Whether a value holds a term's limit. @param value in the term's unit */
export function holdsLimit(
  { comparator, inclusive, limit }: Pick<SloTerm, "comparator" | "inclusive" | "limit">,
  value: number,
): boolean {
  if (value === limit) return inclusive;
  return comparator === "<" ? value < limit : value > limit;
}

/** What a scope can name. */
export interface ScopeNames {
  /** Paths, and other arms of the run. */
  readonly arms: readonly string[];
  /** Questions. */
  readonly operations: readonly string[];
  /** Streams of the scenario, in its order: slot n belongs to stream n mod their number. */
  readonly streams: readonly string[];
}

/** What a scope means; what is null in it is not narrowed down. */
export interface SloScope {
  /** The arm that is judged; null: each of them. */
  readonly arm: string | null;
  /** The operation that is judged; null: all of them together. */
  readonly operation: string | null;
  /** The stream that is judged; null: all of them together. */
  readonly stream: string | null;
}

/** What became of the rolling windows of one term over one arm. */
export interface SloWindows {
  /** How long each is, seconds of run time. */
  readonly seconds: number;
  /** Windows with requests enough to be judged. */
  readonly judged: number;
  /** Windows in which the arm was asked too little to tell. */
  readonly tooThin: number;
  /** Windows of those judged that miss the limit. */
  readonly failed: number;
  /** Where the worst begins, whose value is shown, µs from the run's start; null where none could be judged. */
  readonly worstAtUs: number | null;
}

const METRICS = ["p50", "p90", "p95", "p99", "p99.9", "max", "errors", "hit", "throughput", "shed", "stall"];
const EXAMPLE = `Write it like "p95<200ms,errors<1%,hit>80%,throughput>100/s", ` +
  `or with a scope and a window "sql: p95<200ms over 10s".`;
const STREAM = "stream:";
/** An hour: a longer window is no longer a window. */
const MAX_WINDOW_SECONDS = 3600;

/**
 * Parses a comma-separated SLO: `[SCOPE:] METRIC COMPARATOR LIMIT [over WINDOW]`. A scope is a path, an operation,
 * `path/operation`, or `stream:NAME`.
 * @param names what a scope may name; without it scopes are taken as they are
 * @throws {UsageError} naming the faulty term, and the nearest name for an unknown scope.
 */
export function parseSlo(text: string, names?: ScopeNames): SloTerm[] {
  const terms = text.split(",").map((term) => parseTerm(term.trim()));
  if (names !== undefined) terms.forEach((term) => checkScope(term, names));
  return terms;
}

/** What a scope means among these names, a path before an operation; null: it names nothing. */
export function resolveScope(scope: string | null, names: ScopeNames): SloScope | null {
  const everything: SloScope = { arm: null, operation: null, stream: null };
  if (scope === null) return everything;
  if (names.arms.includes(scope)) return { ...everything, arm: scope };
  if (names.operations.includes(scope)) return { ...everything, operation: scope };
  const stream = scope.startsWith(STREAM) ? scope.slice(STREAM.length).trim() : null;
  if (stream !== null) return names.streams.includes(stream) ? { ...everything, stream } : null;
  const arm = names.arms.find((name) => scope.startsWith(`${name}/`));
  const operation = arm === undefined ? undefined : scope.slice(arm.length + 1);
  return arm !== undefined && names.operations.includes(operation!)
    ? { arm, operation: operation!, stream: null }
    : null;
}

/** `worst from 41 s; of 44 windows 3 missed, 2 had too little data`. */
export function windowsText({ seconds, judged, tooThin, failed, worstAtUs }: SloWindows): string {
  const all = judged + tooThin;
  if (all === 0) return `no full window of ${formatSeconds(seconds)}`;
  const counts = [
    ...(failed > 0 ? [`${formatCount(failed)} missed`] : []),
    ...(tooThin > 0 ? [`${formatCount(tooThin)} had too little data`] : []),
    ...(failed === 0 && judged > 0 && tooThin > 0 ? ["the others hold"] : []),
  ].join(", ");
  const text = counts === ""
    ? `all ${formatCount(all)} windows hold`
    : `of ${formatCount(all)} windows ${counts}`;
  return worstAtUs === null ? text : `worst from ${formatSeconds(worstAtUs / 1e6)}; ${text}`;
}

function checkScope({ text, scope, metric }: SloTerm, names: ScopeNames): void {
  const found = resolveScope(scope, names);
  if (found !== null && metric === "stall" && (found.operation !== null || found.stream !== null)) {
    throw new UsageError(
      `Cannot judge the SLO term "${text}": a stall is one of a path, and "${scope}" is none`,
      `Known paths: ${names.arms.join(", ")}.`,
    );
  }
  if (found !== null) return;
  const { arms, operations } = names;
  const streams = names.streams.map((name) => `${STREAM}${name}`);
  const pairs = arms.flatMap((arm) => operations.map((operation) => `${arm}/${operation}`));
  const meant = nearest(scope!, [...arms, ...operations, ...streams, ...pairs]);
  const known = [
    `arms ${arms.join(", ")}`,
    `operations ${operations.join(", ")}`,
    "arm/operation",
    ...(streams.length > 0 ? [streams.join(", ")] : []),
  ];
  throw new UsageError(
    `Cannot judge the SLO term "${text}": there is no arm, operation or stream "${scope}"`,
    `${meant === undefined ? "" : `Did you mean "${meant}"? `}Known: ${known.join("; ")}.`,
  );
}

function parseTerm(text: string): SloTerm {
  // With a space before the unit, as summaries write it.
  const plain = text.replace(/(\d)\s+(?=(?:us|µs|ms|s|m|h)\b|%|\/s)/g, "$1");
  const match = /^(?:(.*\S)\s*:)?\s*([a-z][a-z0-9.]*)\s*(<=|>=|<|>)\s*(\S+?)(?:\s+over\s+(\S+))?$/i.exec(
    plain,
  );
  if (!match) {
    throw new UsageError(
      `Cannot read the SLO term "${text}" as metric, comparator and limit: the form is wrong`,
      EXAMPLE,
    );
  }
  const [, scope, metric, sign, limit, window] = match;
  const inclusive = sign!.endsWith("=");
  const comparator = sign!.startsWith("<") ? "<" : ">";
  const parsed = parseLimit(text, metric!.toLowerCase(), comparator, limit!);
  if (!inclusive && parsed.unit === "%" && parsed.limit === (comparator === "<" ? 0 : 1)) {
    throw new UsageError(
      `Cannot judge the SLO term "${text}": no share lies ${
        comparator === "<" ? "below 0 %" : "above 100 %"
      }`,
      `Write "${comparator}=" where the limit itself holds.`,
    );
  }
  if (parsed.metric === "stall" && window !== undefined) {
    throw new UsageError(
      `Cannot judge the SLO term "${text}" over windows of ${window}: a stall is judged over the whole migration`,
      `Write "stall${sign}${limit}".`,
    );
  }
  return {
    text,
    scope: scope ?? null,
    ...parsed,
    inclusive,
    windowSeconds: window === undefined ? null : windowOf(text, window),
  };
}

type Limit = Pick<SloTerm, "metric" | "level" | "comparator" | "limit" | "unit">;

function parseLimit(text: string, metric: string, comparator: "<" | ">", limit: string): Limit {
  if (/^p\d+(\.\d+)?$/.test(metric) || metric === "max") {
    const level = metric === "max" ? 1 : Number(metric.slice(1)) / 100;
    if (!(level > 0 && level <= 1)) {
      throw new UsageError(`Cannot use the quantile "${metric}" in an SLO: it must lie between p0 and p100`);
    }
    expect(text, comparator, "<");
    return { metric: "quantile", level, comparator, limit: milliseconds(text, limit), unit: "ms" };
  }
  switch (metric) {
    case "stall":
      expect(text, comparator, "<");
      return { metric, level: null, comparator, limit: milliseconds(text, limit), unit: "ms" };
    case "errors":
    case "shed":
      expect(text, comparator, "<");
      return { metric, level: null, comparator, limit: share(text, limit), unit: "%" };
    case "hit":
      expect(text, comparator, ">");
      return { metric, level: null, comparator, limit: share(text, limit), unit: "%" };
    case "throughput": {
      expect(text, comparator, ">");
      const value = Number(limit.replace(/\/s$/, ""));
      if (!(Number.isFinite(value) && value > 0)) {
        throw new UsageError(
          `Cannot read the limit of "${text}" as requests a second: it is "${limit}"`,
          EXAMPLE,
        );
      }
      return { metric, level: null, comparator, limit: value, unit: "/s" };
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

function milliseconds(text: string, limit: string): number {
  return parseDuration(limit, `limit of "${text}",`) * 1000;
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

/** Windows slide by a second, so a length between two seconds would leave some requests in none. */
function windowOf(text: string, window: string): number {
  const seconds = parseDuration(window, `window of "${text}",`);
  if (Number.isInteger(seconds) && seconds <= MAX_WINDOW_SECONDS) return seconds;
  throw new UsageError(
    `Cannot judge the SLO term "${text}" over windows of ${window}: a window has whole seconds, at most an hour`,
    `Write it like "p95<200ms over 10s".`,
  );
}
