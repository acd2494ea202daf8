import type { Client } from "pg";
import type { LoadedScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { SAMPLES } from "../load/proof_slots.ts";
import type { PgClient } from "../postgres/client.ts";
import { addedText, type Complaint, missingGrant } from "../postgres/complaint.ts";
import { isOfServer, lockErrorOf } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { KILLED_ELSEWHERE, type LeftHere } from "./in_the_way.ts";
import type { OwnUndo, WriteRecord } from "./record.ts";
import { ownSlots, type Told } from "./told.ts";

/** Whoever comes after a TRUNCATE that waits for a lock waits with it, and nothing of a dry run is worth that. */
export const DRY_RUN_LOCK_MS = 1000;

/** What an undo of the user's own did. */
export interface Touched {
  /** Rows inserted, updated and deleted, by cascades and triggers too; null where the server does not count. */
  readonly rows: number | null;
  /** Tables that it took as a whole, as TRUNCATE and DROP do, or that lie on another server: their rows are not counted. */
  readonly whole: readonly string[];
}

/** Whether all rows that an undo touched are counted. */
export function isCounted({ rows, whole }: Touched): boolean {
  return rows !== null && whole.length === 0;
}

/**
 * Runs an undo of the user's own, however many statements, in a transaction that `judge` ends.
 * @param judge whether to keep what was done, from what was done; what it throws takes it back
 * @param options.lockMs how long it may wait for a lock; without it as long as the session may
 * @throws what the server says of the SQL, also where it would commit or roll back itself; then nothing of it is done
 */
export async function runOwnUndo(
  client: Client,
  sql: string,
  judge: (touched: Touched) => boolean,
  { lockMs }: { readonly lockMs?: number } = {},
): Promise<Touched> {
  try {
    // Names in it are found as the user's role finds them.
    await client.query("RESET search_path; BEGIN");
    await client.query("SELECT pg_catalog.set_config('benchbook.own_undo', $1, true)", [sql]);
    if (lockMs !== undefined) await client.query(undoSql("dry_run_limit.sql"), [lockMs]);
    const before = await rowsTouched(client);
    await client.query(undoSql("run_own.sql"));
    const after = await rowsTouched(client);
    const { rows: whole } = await client.query<{ name: string }>(undoSql("tables_locked.sql"));
    const rows = before === null || after === null ? null : after - before;
    const touched = { rows, whole: whole.map(({ name }) => name) };
    await client.query(judge(touched) ? "COMMIT" : "ROLLBACK");
    return touched;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function rowsTouched(client: Client): Promise<number | null> {
  const { rows: [found] } = await client.query<{ rows: number | null }>(undoSql("rows_touched.sql"));
  return found!.rows;
}

/**
 * Whether all that is written stands under keys kept for it: then nothing of an earlier run can be in the way unseen,
 * and what is there is refused.
 */
export function writesUnderOwnKeys(
  { ownTables, operations }: Pick<LoadedScenario, "ownTables" | "operations">,
): boolean {
  const writes = operations.filter(({ write }) => write);
  return ownTables?.keys !== undefined && writes.length > 0 &&
    writes.every(({ params }) => Object.values(params).some(({ kind }) => kind === "reserved"));
}

/**
 * What to do about rows of a run that are in the way.
 * @param elsewhere what is said where no run of this home has left any
 */
export function takenBackBy({ leftBy = [] }: LeftHere, elsewhere: string): string {
  if (leftBy.length === 0) return elsewhere;
  return `What the run ${
    leftBy.join(", ")
  } of this home left may be what stands there: once dataset.undo is right, ` +
    "`deno task clean --writes` shows it as it is then, asks, and takes that back.";
}

/**
 * Refuses to write where the undo of the user's own would also touch what stood there before: runs it and rolls it back.
 * @param what is asked to run, for people
 * @throws {UsageError} with the number of rows, or where the undo fails
 */
export async function refuseOthersRows(
  client: Client,
  { file, sql }: Pick<OwnUndo, "file" | "sql">,
  what: string,
  here: LeftHere = {},
): Promise<void> {
  let touched: Touched;
  try {
    touched = await runOwnUndo(client, sql, () => false, { lockMs: DRY_RUN_LOCK_MS });
  } catch (error) {
    const locked = lockErrorOf(client as PgClient, DRY_RUN_LOCK_MS, error);
    if (locked !== null) throw locked;
    if (isOfServer(error)) throw error;
    const complaint = error as Complaint;
    throw new UsageError(
      `Cannot run ${what}: ${file}, which is to take its writes back, fails: ${complaint.message} (SQLSTATE ${complaint.code})${
        addedText(complaint)
      }`,
      `Nothing was changed. ${
        missingGrant(complaint, "SELECT, DELETE") ??
          `Correct ${file}: it runs in one transaction of Benchbook's, without BEGIN or COMMIT.`
      }`,
      { cause: error },
    );
  }
  const { rows, whole } = touched;
  if (rows === 0 && whole.length === 0) return;
  const does = whole.length > 0
    ? `it takes ${
      whole.join(", ")
    } as a whole, or on another server, so nobody can count whose rows it removes`
    : rows === null
    ? "the server does not count the rows that it would change (track_counts is off)"
    : `it would remove or change ${counted(rows, "row")} that no run of this home wrote`;
  throw new UsageError(
    `Cannot run ${what}: ${file} may match nothing but what a run writes, and before the run ${does}`,
    `Nothing was changed. Make ${file} match less: DELETE FROM ONLY, and both ends of the keys. ${
      takenBackBy(here, KILLED_ELSEWHERE)
    } Where they may go, run ${file} yourself.`,
  );
}

/**
 * Rows that an undo touches for each write, at the most, by what it touched after some writes.
 * @param touched null: not known
 * @returns undefined where nothing can be said
 */
export function perWriteOf(
  touched: number | null,
  wrote: number,
  { operations }: Pick<LoadedScenario, "operations">,
): number | undefined {
  if (touched === null || touched === 0 || wrote === 0) return undefined;
  // One of several may write many rows and the others none, so that a mean says nothing of another mix.
  const alike = operations.filter(({ write }) => write).length === 1;
  return alike && touched <= wrote ? 1 : touched;
}

/** Rows that a run's own undo may touch, by the writes that its spool tells of; Infinity where nobody knows. */
export function mostTouched(
  { own, spool, writes, arms, whole, retries }: Pick<
    WriteRecord,
    "own" | "spool" | "writes" | "arms" | "whole" | "retries"
  >,
  told: Told | null,
): number {
  if (own?.perWrite === undefined) return Infinity;
  // A comparison of results has no spool, and asks each operation so many times.
  if (spool === null) {
    return writes.operations.filter(({ write }) => write).length * SAMPLES * (arms.length + 1) * own.perWrite;
  }
  // An attempt that was given up may have written what the next one wrote again.
  if (told === null || retries) return Infinity;
  const evidence = ownSlots(writes, told, { whole, slots: own.slots ?? null, retries });
  let wrote = 0;
  for (let slot = 0; slot < told.untilSlot; slot++) if (evidence(slot) !== "nothing") wrote++;
  return wrote * own.perWrite;
}
