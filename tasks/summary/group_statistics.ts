import { type BlockNoise, blockNoise } from "../stats/block_noise.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { LEVEL, type QuantileRanks, type QuantileValues, ranksOf } from "./estimate.ts";

/** Blocks so few are cut into stretches of time, which are as many units as this or a few more. */
const STRETCHES = 32;
const FEW = 5;

const SIZES = { response: "responses", service: "services", waiting: "waits" } as const;
const MEASURES = ["response", "service", "waiting"] as const;
/** What of a request is timed. */
export type Measure = typeof MEASURES[number];

/** An arm (`operation` null) or an operation over it, with how many values it has of each measure. */
export interface Group {
  /** Null: all that was measured. */
  readonly segment: string | null;
  readonly arm: string;
  readonly operation: string | null;
  readonly responses: number;
  readonly services: number;
  readonly waits: number;
}

/** Of how many blocks an arm's measured time is made. */
export interface Blocks {
  readonly segment: string | null;
  readonly arm: string;
  readonly blocks: number;
}

/** What is counted of a run: all that was measured, or each segment of it by itself. */
export interface CountedRun {
  readonly run: string;
  readonly by_segment: boolean;
}

/** By what groups are told apart. */
type Key = Pick<Group, "segment" | "arm" | "operation">;

/** One quantile: its value with its interval, or null where so many values cannot tell it. */
export interface MeasuredQuantile {
  readonly level: number;
  readonly found: QuantileValues | null;
}

/** The quantiles of one group and measure. */
export interface Quantiles {
  readonly n: number;
  readonly quantiles: readonly MeasuredQuantile[];
}

/** What is known of one group. */
export type GroupStatistics = Readonly<Record<Measure, Quantiles>> & {
  /** Of the count of requests that were not ok; null: too few blocks. */
  readonly errorNoise: BlockNoise | null;
};

/** One row of summary/block_counts.sql: an operation over an arm in a unit of time. */
interface UnitRow extends Group, Record<Measure, readonly number[] | null> {
  readonly unit: number;
  readonly n: number;
  readonly ok: number;
}

interface UnitCounts extends UnitRow {
  /** How many values are not above one of its quantiles, or of its arm's; milliseconds. */
  readonly upTo: (measure: Measure, value: number) => number;
}

/** Of how many units of time an arm consists: its blocks, or what they are cut into where there are hardly any. */
function unitsOf(blocks: number): number {
  return blocks === 0 || blocks >= FEW ? blocks : blocks * Math.ceil(STRETCHES / blocks);
}

/**
 * All quantiles of all groups with their intervals. First the quantiles; then, block by block, how many requests lie
 * below each, which tells how far that count strays from block to block; last the values at the ranks to which it may
 * stray. No request comes over here, and nothing is read more than three times.
 */
export async function groupStatistics(
  rows: Rows,
  of: CountedRun,
  { groups, levels, measured }: {
    readonly groups: readonly Group[];
    readonly levels: readonly number[];
    readonly measured: readonly Blocks[];
  },
): Promise<(group: Group) => GroupStatistics> {
  if (groups.length === 0) return nothing(levels);
  const values = await valuesOf(rows, of, levels);
  const counts = await unitCounts(rows, of, groups, values);
  const units = new Map(measured.map((row) => [armOf(row), unitsOf(Number(row.blocks))]));
  const judged = groups.map((group) => {
    const own = counts(group);
    const all = units.get(armOf(group)) ?? 0;
    const ranks = each((measure) => {
      const size = series(own, all, (row) => row[SIZES[measure]]);
      return levels.map((level, place) => {
        const value = values(group, measure)[place] ?? Infinity;
        const below = value === Infinity ? [] : series(own, all, (row) => row.upTo(measure, value));
        const noise = value === Infinity ? null : blockNoise(below, size, LEVEL);
        return ranksOf(group[SIZES[measure]], level, noise);
      });
    });
    const n = series(own, all, (row) => row.n);
    const errorNoise = blockNoise(series(own, all, (row) => row.n - row.ok), n, LEVEL);
    return { group, ranks, errorNoise };
  });
  const ends = await intervalEnds(rows, of, judged);
  const found = new Map(judged.map((own) => [keyOf(own.group), own]));
  return (group) => {
    const own = found.get(keyOf(group));
    const quantiles = (measure: Measure): Quantiles => ({
      n: group[SIZES[measure]],
      quantiles: levels.map((level, place) => {
        const ranks = own?.ranks[measure][place] ?? null;
        if (ranks === null) return { level, found: null };
        const value = values(group, measure)[place]!;
        return { level, found: { value, ...ends(group, measure, ranks) } };
      }),
    });
    return { ...each(quantiles), errorNoise: own?.errorNoise ?? null };
  };
}

function nothing(levels: readonly number[]): () => GroupStatistics {
  const quantiles = levels.map((level) => ({ level, found: null }));
  return () => ({ ...each(() => ({ n: 0, quantiles })), errorNoise: null });
}

/** The groups' quantiles in the order of the levels; Infinity among the never served, none without values. */
async function valuesOf(
  rows: Rows,
  of: CountedRun,
  levels: readonly number[],
): Promise<(group: Group, measure: Measure) => readonly number[]> {
  const found = await rows.rows<Key & Record<Measure, readonly number[] | null>>(
    query("summary/quantiles"),
    { ...of, levels: JSON.stringify(levels.map((level) => level * (1 - 4 * Number.EPSILON))) },
  );
  const byGroup = new Map(found.map((row) => [keyOf(row), row]));
  return (group, measure) => byGroup.get(keyOf(group))?.[measure] ?? [];
}

/**
 * What each group answered in each unit of time. Requests are counted for operations alone, between their own quantiles
 * and those of their arm, which is the sum of its operations.
 */
async function unitCounts(
  rows: Rows,
  of: CountedRun,
  groups: readonly Group[],
  values: (group: Group, measure: Measure) => readonly number[],
): Promise<(group: Group) => readonly UnitCounts[]> {
  const arms = new Map(
    groups.filter(({ operation }) => operation === null).map((group) => [keyOf(group), group]),
  );
  const bounds = groups.filter(({ operation }) => operation !== null).map((group) => ({
    segment: group.segment,
    arm: group.arm,
    operation: group.operation,
    ...each((measure) =>
      distinct(
        [group, arms.get(armOf(group))!].flatMap((of) => values(of, measure)).filter(Number.isFinite).map(
          toUs,
        ),
      )
    ),
  }));
  const found = await rows.rows<UnitRow>(query("summary/block_counts"), {
    ...of,
    bounds: JSON.stringify(bounds),
    few: FEW,
    stretches: STRETCHES,
  });
  const boundsOf = new Map(bounds.map((own) => [keyOf(own), own]));
  const counts = found.map((row): UnitCounts => {
    const own = boundsOf.get(keyOf(row))!;
    return {
      ...row,
      upTo: (measure, value) => sum(row[measure] ?? [], own[measure].indexOf(toUs(value)) + 1),
    };
  });
  const byArm = Map.groupBy(counts, armOf);
  const byGroup = Map.groupBy(counts, keyOf);
  return (group) => (group.operation === null ? byArm : byGroup).get(keyOf(group)) ?? [];
}

/** Milliseconds as the whole microseconds that they were stored as. */
function toUs(ms: number): number {
  return Math.round(ms * 1000);
}

/** The ranks of one group's quantiles, by measure and in the order of the levels. */
interface Ranked {
  readonly group: Group;
  readonly ranks: Record<Measure, readonly (QuantileRanks | null)[]>;
}

/** The values at the ends of all intervals, by one query. */
async function intervalEnds(
  rows: Rows,
  of: CountedRun,
  judged: readonly Ranked[],
): Promise<(group: Group, measure: Measure, ranks: QuantileRanks) => Pick<QuantileValues, "low" | "high">> {
  const wanted = judged.flatMap(({ group: { segment, arm, operation }, ranks }) =>
    MEASURES.flatMap((measure) =>
      distinct(ranks[measure].flatMap((each) => [each?.low ?? 0, each?.high ?? 0])).filter((rank) => rank > 0)
        .map((rank) => ({ segment, arm, operation, measure, rank }))
    )
  );
  const found = await rows.rows<
    typeof wanted[number] & { readonly low: number; readonly high: number }
  >(query("summary/interval_ends"), { ...of, ranks: JSON.stringify(wanted) });
  const key = (group: Key, measure: Measure, rank: number) => `${keyOf(group)} ${measure} ${rank}`;
  const ends = new Map(found.map((row) => [key(row, row.measure, Number(row.rank)), row]));
  return (group, measure, { low, high }) => ({
    low: low === null ? null : ends.get(key(group, measure, low))!.low,
    high: high === null ? null : ends.get(key(group, measure, high))!.high,
  });
}

/** Of each unit of time, those without a request included. */
function series(own: readonly UnitCounts[], units: number, count: (row: UnitCounts) => number): Float64Array {
  const counts = new Float64Array(units);
  for (const row of own) counts[row.unit]! += count(row);
  return counts;
}

function sum(counts: readonly number[], upTo: number): number {
  let total = 0;
  for (let at = 0; at < upTo; at++) total += counts[at] ?? 0;
  return total;
}

function each<T>(value: (measure: Measure) => T): Record<Measure, T> {
  return { response: value("response"), service: value("service"), waiting: value("waiting") };
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function keyOf({ segment, arm, operation }: Key): string {
  return JSON.stringify([segment, arm, operation]);
}

/** The key of a group's arm. */
function armOf({ segment, arm }: Pick<Key, "segment" | "arm">): string {
  return keyOf({ segment, arm, operation: null });
}
