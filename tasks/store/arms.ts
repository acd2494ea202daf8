import { armAPath } from "../model/arms.ts";
import type { ArmRecord, Run } from "../model/run.ts";
import type { Rows } from "./runs.ts";
import { query } from "./sql.ts";

interface ArmRow extends Pick<ArmRecord, "name" | "path" | "role"> {
  readonly arm_id: number;
  readonly overrides: string;
}

/** The arms of a stored run, in their order; of one without rows of its own, an arm a path. */
export async function armsOfRun(
  source: Rows,
  { runId, config }: Pick<Run, "runId" | "config">,
): Promise<ArmRecord[]> {
  const rows = await source.rows<ArmRow>(query("arms"), { run: runId });
  if (rows.length === 0) return armAPath(config.arms);
  return rows.map(({ arm_id: armId, overrides, ...row }) => {
    return { ...row, armId, overrides: JSON.parse(overrides) as ArmRecord["overrides"] };
  });
}
