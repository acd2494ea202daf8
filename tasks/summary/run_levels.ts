import type { Weighted } from "../model/mix_shares.ts";
import { mean } from "../stats/moments.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** What is told of a run: a quantile of an operation over an arm; null: all of them together. */
export interface Cell {
  readonly arm: string | null;
  readonly operation: string | null;
  readonly statistic: "p50" | "p95";
}

/** How long requests took in one run. */
export interface CellLevels {
  /** Logarithms of milliseconds, one a stretch of neighbouring requests, in order of time; at least one. */
  readonly logs: readonly number[];
  /** Some requests were never served: the logarithms are lower bounds. */
  readonly unserved: boolean;
}

/** The levels of one run by their cells. */
export interface RunLevels {
  of(cell: Cell): CellLevels | null;
}

/** The stretches of the run into which all operations together are divided. */
const PARTS = 30;

/** A row of analysis/compare/levels.sql: an operation of an arm. */
export interface LevelRow extends CellLevels, Cell {
  readonly runId: string;
}

/**
 * The levels of runs, by their ids. All operations together are their mean, weighted by the mix; all arms together the
 * mean of the arms.
 * @param arms those that count when all are taken together
 * @param mix the operations that count
 */
export async function runLevels(
  rows: Rows,
  runIds: readonly string[],
  { arms, mix, timeoutMs }: {
    readonly arms: readonly string[];
    readonly mix: readonly Weighted[];
    readonly timeoutMs: number;
  },
): Promise<Map<string, RunLevels>> {
  const found = await rows.rows<LevelRow>(query("compare/levels"), {
    runs: JSON.stringify(runIds),
    timeout_ms: timeoutMs,
  });
  const byRun = Map.groupBy(found, ({ runId }) => runId);
  return new Map(runIds.map((runId) => [runId, levelsOf(byRun.get(runId) ?? [], arms, mix)]));
}

/** The levels of one run from its rows, with those of all operations and arms together. */
export function levelsOf(
  rows: readonly LevelRow[],
  arms: readonly string[],
  mix: readonly Weighted[],
): RunLevels {
  const cells = new Map(rows.map((row) => [keyOf(row), row as CellLevels]));
  const whole = arms.map((arm) => {
    const own = mix.map(({ name, weight }) => ({
      weight,
      levels: cells.get(keyOf({ arm, operation: name, statistic: "p50" })) ?? null,
    }));
    const levels = together(own);
    if (levels !== null) cells.set(keyOf({ arm, operation: null, statistic: "p50" }), levels);
    return { weight: 1, levels };
  });
  const all = together(whole);
  if (all !== null) cells.set(keyOf({ arm: null, operation: null, statistic: "p50" }), all);
  return { of: (cell) => cells.get(keyOf(cell)) ?? null };
}

function keyOf({ arm, operation, statistic }: Cell): string {
  return JSON.stringify([arm, operation, statistic]);
}

/** The weighted mean over parts of the run of equal length; null where one has no levels, or there is none. */
function together(
  own: readonly { readonly weight: number; readonly levels: CellLevels | null }[],
): CellLevels | null {
  const known = own.flatMap(({ weight, levels }) => levels === null ? [] : [{ weight, ...levels }]);
  if (known.length === 0 || known.length < own.length) return null;
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const parts = Math.min(PARTS, ...known.map(({ logs }) => logs.length));
  return {
    logs: Array.from(
      { length: parts },
      (_, part) =>
        known.reduce((sum, { weight, logs }) => sum + weight / total * mean(partOf(logs, part, parts)), 0),
    ),
    unserved: known.some(({ unserved }) => unserved),
  };
}

function partOf(logs: readonly number[], part: number, parts: number): readonly number[] {
  return logs.slice(Math.round(part * logs.length / parts), Math.round((part + 1) * logs.length / parts));
}
