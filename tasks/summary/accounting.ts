import type { RunSummary } from "../model/summary.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

type Accounting = RunSummary["accounting"];

/** Every scheduled slot once, by arm, phase and outcome: the sum is what was scheduled. */
export async function accounting(rows: Rows, runId: string): Promise<Accounting> {
  const found = await rows.rows<{ arm: string; phase: string; outcome: string; n: number }>(
    query("slots"),
    { run: runId },
  );
  return { scheduled: found.reduce((sum, { n }) => sum + n, 0), rows: found };
}
