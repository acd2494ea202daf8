import type { ArmRecord, Run } from "../model/run.ts";
import { armAPath } from "../paths/arm_a_path.ts";
import { byField } from "./column_names.ts";
import type { Rows } from "./runs.ts";
import { query } from "./sql.ts";

/** The arms of a stored run, in their order; of one without rows of its own, an arm a path. */
export async function armsOfRun(
  source: Rows,
  { runId, config }: Pick<Run, "runId" | "config">,
): Promise<ArmRecord[]> {
  const rows = await source.rows<{ readonly overrides: string }>(query("arms"), { run: runId });
  if (rows.length === 0) return armAPath(config.arms);
  return rows.map((row) => byField({ ...row, overrides: JSON.parse(row.overrides) }) as unknown as ArmRecord);
}
