import type { HistoryRate } from "../model/history.ts";
import { eDivisive } from "../stats/e_divisive.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { countsOf } from "./compare/errors.ts";
import { MIN_CHANGE } from "./history_levels.ts";

/** A change of the share of requests without an answer below one in a thousand is not told. */
const MIN_ERRORS = 0.001;

/** Throughput and errors of runs of one stretch. @param runIds in order of time */
export async function historyRates(
  rows: Rows,
  runIds: readonly string[],
  { arms, operations }: { readonly arms: readonly string[]; readonly operations: readonly string[] },
): Promise<HistoryRate[]> {
  const counts = await countsOf(rows, runIds);
  const measured = await rows.rows<{ runId: string; arm: string; seconds: number }>(
    query("compare/measured"),
    { runs: JSON.stringify(runIds) },
  );
  return arms.flatMap((arm) =>
    [null, ...operations].flatMap((operation) => {
      const of = runIds.map((runId) => {
        const own = counts.find((row) =>
          row.runId === runId && row.arm === arm && row.operation === operation
        );
        const seconds = measured.find((row) => row.runId === runId && row.arm === arm)?.seconds ?? 0;
        return own === undefined ? null : {
          throughput: seconds === 0 ? null : own.ok / seconds,
          errors: (own.n - own.ok) / own.n,
        };
      });
      return (["throughput", "errors"] as const).map((statistic): HistoryRate => {
        const values = of.map((each) => each?.[statistic] ?? null);
        return { arm, operation, statistic, values, changes: changesOf(values, statistic) };
      });
    })
  );
}

function changesOf(
  values: readonly (number | null)[],
  statistic: HistoryRate["statistic"],
): HistoryRate["changes"] {
  // An arm that gave no answer at all has no logarithm: then the counts themselves are looked at.
  const logs = statistic === "throughput" && values.every((value) => value === null || value > 0);
  const [to, from] = logs ? [Math.log, Math.exp] : [Number, Number];
  const known = values.flatMap((value, at) => value === null ? [] : [{ at, value: to(value) }]);
  const minChange = logs ? MIN_CHANGE : MIN_ERRORS;
  return eDivisive(known.map(({ value }) => value), { minChange }).map(({ at, p, before, after }) => ({
    at: known[at]!.at,
    p,
    before: from(before),
    after: from(after),
  }));
}
