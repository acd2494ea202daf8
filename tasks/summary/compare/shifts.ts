import type { ComparedRow, Shifted } from "../../model/run_comparison.ts";
import { shiftFunction } from "../../stats/shift_function.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** So many operations have a plot of their own; the table has all. */
const MOST = 4;
/** Requests of a side: twice as many hardly tell deciles better, and take twice as long. */
const MOST_REQUESTS = 3000;
const SEED = 20_150_513;

/**
 * By how much each decile differs, of the operations whose typical response times do, largest first.
 * @param rows what was compared
 * @param runs ids of each side's runs
 */
export async function shiftsOf(
  source: Rows,
  rows: readonly ComparedRow[],
  { base, candidate, timeoutMs }: {
    readonly base: readonly string[];
    readonly candidate: readonly string[];
    readonly timeoutMs: number;
  },
): Promise<Shifted[]> {
  const shifts: Shifted[] = [];
  for (const { arm, operation } of differing(rows)) {
    const blocksOf = async (runs: readonly string[]) =>
      (await source.rows<{ logs: number[] }>(query("compare/shift"), {
        runs: JSON.stringify(runs),
        arm,
        operation,
        timeout_ms: timeoutMs,
        most: MOST_REQUESTS,
      })).map(({ logs }) => logs);
    const found = shiftFunction(await blocksOf(base), await blocksOf(candidate), {
      paired: false,
      seed: SEED,
    });
    if (found === null) continue;
    const levels = found.map(({ level, baseline, candidate, difference, low, high }) => ({
      level,
      baseMs: Math.exp(baseline),
      candidateMs: Math.exp(candidate),
      ratio: Math.exp(difference),
      low: Math.exp(low),
      high: Math.exp(high),
    }));
    shifts.push({ arm, operation, levels });
  }
  return shifts;
}

/** Operations over arms that were called different; where nothing may be called, those whose intervals lie apart from 1. */
function differing(rows: readonly ComparedRow[]): { readonly arm: string; readonly operation: string }[] {
  const own = rows.filter((row): row is ComparedRow & { arm: string; operation: string } =>
    row.arm !== null && row.operation !== null
  );
  const called = own.filter(({ verdict }) => verdict === "regressed" || verdict === "improved");
  const apart = own.filter(({ low, high, p }) => p === null && ((low ?? 0) > 1 || (high ?? Infinity) < 1));
  const found = [...called, ...called.length > 0 ? [] : apart]
    .sort((a, b) => Math.abs(Math.log(b.ratio ?? 1)) - Math.abs(Math.log(a.ratio ?? 1)));
  const names = new Map(
    found.map(({ arm, operation }) => [JSON.stringify([arm, operation]), { arm, operation }]),
  );
  return [...names.values()].slice(0, MOST);
}
