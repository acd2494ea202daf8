import type { Warning } from "../../model/estimate.ts";
import { formatMs } from "../../model/units.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import type { Part } from "./parts.ts";

/** For a time in the migration nobody looked at the locks. */
export const UNSEEN = "locks-unseen";

/**
 * Whether somebody looked often enough who held up whom while the database was changed: a stall that is too long would
 * have been met by one look at least.
 */
export async function unseenLocks(
  rows: Rows,
  run: string,
  part: Part | null,
  stallLimitMs: number,
): Promise<Warning[]> {
  if (part === null) return [];
  const [{ us }] = await rows.rows<{ readonly us: number }>(query("migration/longest_unseen"), {
    run,
    from: part.startUs,
    until: part.endUs,
  }) as [{ readonly us: number }];
  if (us <= 1000 * stallLimitMs) return [];
  const text = `Nobody could look at the locks for ${
    formatMs(us / 1000)
  } of the migration, which is more than the ${
    formatMs(stallLimitMs)
  } that a stall may take: what held up whom in that time is not known.`;
  return [{ code: UNSEEN, text }];
}
