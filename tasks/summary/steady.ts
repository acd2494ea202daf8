import type { LevelChange, SteadyState, Warning } from "../model/summary.ts";
import { formatMs, formatRate, formatSeconds, formatShare } from "../model/units.ts";
import { changePoints } from "../stats/change_points.ts";
import { median } from "../stats/robust.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/series.sql: about a second of one arm, or a block that is shorter. */
export interface Bin {
  readonly arm: string;
  /** Where it begins, µs from the run's start. */
  readonly atUs: number;
  readonly seconds: number;
  readonly responses: number;
  readonly ok: number;
  readonly hits: number;
  readonly lookups: number;
  /** Milliseconds, Infinity among the never served. */
  readonly p50: number | null;
  /** The same with each operation's share evened out: by it a level is told, or by `p50` where it was not asked. */
  readonly typical?: number | null;
}

/** A series shorter than this has no room for a settled part beside a change. */
const MIN_BINS = 15;
/** Fewest bins, and seconds, between two changes: what lasts less is an episode, not a level. */
const MIN_LENGTH = 4;
const MIN_LEVEL_SECONDS = 1.5;
/** Of fewer requests neither a median nor a rate of hits says much. */
const MIN_REQUESTS = 5;
/** Share of arms that stay as they are and may be found to change, in any of what is looked at. */
const FALSE_ALARMS = 0.05;
/** An arm that was steady for a smaller share of its measured time never was. */
const MIN_STEADY = 2 / 3;
/** Interleaved blocks cancel what drifts by less than a tenth; hits are a share, and counted in points. */
const MIN_RATIO = 1.1;
const MIN_POINTS = 0.05;

/**
 * From when on each arm was steady, told afterwards from its median response time, throughput and hit rate in bins
 * of its own blocks, or of about a second of longer ones: joined end to end, since between them others had their turns.
 */
export async function steadyStates(
  rows: Rows,
  runId: string,
  arms: readonly string[],
): Promise<SteadyState[]> {
  const bins = await rows.rows<Bin>(query("summary/series"), { run: runId });
  return arms.map((arm) => steadyState(arm, bins.filter((bin) => bin.arm === arm)));
}

/** The same of one arm's bins, in order of time. */
export function steadyState(arm: string, bins: readonly Bin[]): SteadyState {
  const series = [response(bins), throughput(bins), hits(bins)].filter(({ points }) =>
    points.length >= MIN_BINS
  );
  if (series.length === 0) return { arm, state: "unknown", fromUs: null, changes: [] };
  // What never varies cannot be found to change by chance, and takes no part of the false alarms.
  const varying = series.filter(({ points }) => points.some(({ value }) => value !== points[0]!.value));
  const share = FALSE_ALARMS / Math.max(1, varying.length);
  const minLength = Math.max(
    MIN_LENGTH,
    Math.ceil(MIN_LEVEL_SECONDS / median(bins.map(({ seconds }) => seconds))!),
  );
  const found = series.map((each) => ({
    ...each,
    at: changePoints(scaled(each), { minLength, minChange: each.minChange, share }),
  }));
  const changes = found.flatMap(levelChanges).sort((a, b) => a.atUs - b.atUs);
  const settled = Math.min(...found.map(({ at, points }) => 1 - (at.at(-1) ?? 0) / points.length));
  if (settled < MIN_STEADY) return { arm, state: "never", fromUs: null, changes };
  const fromUs = changes.at(-1)?.atUs ?? bins[0]!.atUs;
  return { arm, state: changes.length === 0 ? "steady" : "late", fromUs, changes };
}

interface Series {
  readonly metric: LevelChange["metric"];
  readonly points: readonly { readonly atUs: number; readonly value: number }[];
  /** Ratios are judged by their logarithm: a level doubled and one halved are changes of the same size. */
  readonly logarithmic: boolean;
  readonly minChange: number;
}

const RATIO = { logarithmic: true, minChange: Math.log(MIN_RATIO) };
const POINTS = { logarithmic: false, minChange: MIN_POINTS };

function response(bins: readonly Bin[]): Series {
  const points = bins.filter(({ responses }) => responses >= MIN_REQUESTS)
    .map(({ atUs, p50, typical }) => ({ atUs, value: typical ?? p50! }));
  return { metric: "response", points, ...RATIO };
}

/** Without an answer in most bins there is no level that could change. */
function throughput(bins: readonly Bin[]): Series {
  const points = bins.map(({ atUs, ok, seconds }) => ({ atUs, value: ok / seconds }));
  const level = median(points.map(({ value }) => value));
  return { metric: "throughput", points: level === null || level === 0 ? [] : points, ...RATIO };
}

function hits(bins: readonly Bin[]): Series {
  const points = bins.filter(({ lookups }) => lookups >= MIN_REQUESTS)
    .map(({ atUs, hits, lookups }) => ({ atUs, value: hits / lookups }));
  return { metric: "hit", points, ...POINTS };
}

/** On the scale on which changes are judged. What is 0 or endless is set far beyond the rest, at a tenth or tenfold. */
function scaled({ points, logarithmic }: Series): number[] {
  const values = points.map(({ value }) => value);
  if (!logarithmic) return values;
  const finite = values.filter((value) => value > 0 && value < Infinity);
  const [low, high] = finite.length === 0
    ? [1, 1]
    : [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  return values.map((value) => Math.log(Math.min(10 * high, Math.max(low / 10, value))));
}

function levelChanges({ metric, points, at }: Series & { readonly at: readonly number[] }): LevelChange[] {
  const bounds = [0, ...at, points.length];
  const levels = bounds.slice(1).map((to, place) => {
    const level = median(points.slice(bounds[place]!, to).map(({ value }) => value));
    return level === Infinity || Number.isNaN(level) ? null : level;
  });
  return at.map((place, index) => ({
    metric,
    atUs: points[place]!.atUs,
    before: levels[index]!,
    after: levels[index + 1]!,
  }));
}

/** A warning for each arm that became steady late or never. */
export function steadyWarnings(states: readonly SteadyState[]): Warning[] {
  return states.flatMap(({ arm, state, changes }): Warning[] => {
    const last = changes.at(-1);
    if (last === undefined || (state !== "never" && state !== "late")) return [];
    const at = formatSeconds(last.atUs / 1e6);
    if (state === "never") {
      const text = `${arm} never reached a steady state: ${at} into the run its ${changeText(last)}.`;
      return [{ code: "never-steady", text }];
    }
    const text =
      `${arm} reached a steady state only ${at} into the run, when its ${
        changeText(last)
      }: a longer --warmup ` +
      "excludes the time before.";
    return [{ code: "late-steady", text }];
  });
}

function changeText({ metric, before, after }: LevelChange): string {
  const [name, format] = {
    response: ["median response time", formatMs] as const,
    throughput: ["throughput", formatRate] as const,
    hit: ["hit rate", formatShare] as const,
  }[metric];
  const write = (value: number | null) => value === null ? "beyond measure" : format(value);
  return `${name} changed from ${write(before)} to ${write(after)}`;
}
