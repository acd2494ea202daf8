import type { ComparedErrors } from "../../model/run_comparison.ts";
import { difference } from "../../stats/difference.ts";
import { mean } from "../../stats/moments.ts";
import { type Interval, wilson } from "../../stats/proportion.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { shareEstimate } from "../estimate.ts";

/** A row of compare/counts.sql. */
export interface CountRow {
  readonly runId: string;
  readonly arm: string;
  readonly operation: string | null;
  readonly n: number;
  readonly ok: number;
  readonly unserved: number;
  readonly responses: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** A rise of the error rate below it is not held against a candidate. */
const LEAST_RISE = 0.001;
/** Errors come in bursts, and each arm is asked: an interval of 95 % would find more of them far too often. */
const ERROR_LEVEL = 0.999;

/** Requests of runs by arm and operation. */
export async function countsOf(rows: Rows, runIds: readonly string[]): Promise<CountRow[]> {
  return await rows.rows<CountRow>(query("compare/counts"), { runs: JSON.stringify(runIds) });
}

/** Error rates of an arm on both sides, over all its runs together. */
export function comparedErrors(
  arm: string,
  base: readonly CountRow[],
  candidate: readonly CountRow[],
): ComparedErrors {
  const [of, less] = [candidate, base].map((rows) => {
    const own = rows.filter((row) => row.arm === arm && row.operation === null);
    const sum = (count: (row: CountRow) => number) => own.reduce((total, row) => total + count(row), 0);
    const n = sum((row) => row.n);
    const failed = n - sum(({ ok }) => ok);
    return {
      rate: shareEstimate(failed, n),
      wide: wilson(failed, n, ERROR_LEVEL),
      share: n === 0 ? 0 : failed / n,
      unserved: n === 0 ? 0 : sum((row) => row.unserved) / n,
    };
  }) as [Side, Side];
  const rise = of.wide === null || less.wide === null
    ? null
    : difference({ value: of.share, ...of.wide }, { value: less.share, ...less.wide });
  return {
    arm,
    base: less.rate,
    candidate: of.rate,
    unserved: { base: less.unserved, candidate: of.unserved },
    more: rise !== null && (rise.low ?? 0) > 0 && rise.value >= LEAST_RISE,
  };
}

interface Side {
  readonly rate: ComparedErrors["base"];
  readonly wide: Interval | null;
  readonly share: number;
  readonly unserved: number;
}

/** A quantile of an operation, the geometric mean over runs, milliseconds; null where one has none or an endless one. */
export function typicalMs(
  rows: readonly CountRow[],
  { arm, operation, statistic }: { arm: string | null; operation: string | null; statistic: "p50" | "p95" },
): number | null {
  const own = rows.filter((row) => row.arm === arm && row.operation === operation).map((row) =>
    row[statistic]
  );
  if (own.length === 0 || own.some((ms) => ms === null || !Number.isFinite(ms) || ms <= 0)) return null;
  return Math.exp(mean(own.map((ms) => Math.log(ms!))));
}
