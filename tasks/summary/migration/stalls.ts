import type { Stall } from "../../model/migration_summary.ts";
import type { SessionRole } from "../../model/migration.ts";
import type { Rows } from "../../store/runs.ts";
import { formatMs } from "../../model/units.ts";
import { query } from "../../store/sql.ts";
import type { Group } from "./responses.ts";

/** From here on a lock explains all of a stall. */
const MOST_EXPLAINED = 0.8;

interface StallRow extends Group {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly pending: number;
}

/** A lock that somebody waited for. */
interface Awaited {
  readonly relation: string | null;
  readonly mode: string;
  readonly blockerRole: SessionRole | null;
  readonly blockerQuery: string | null;
}

/** The same of a stall, by its place among them, and who is known to have waited for it. */
interface AwaitedByLoad extends Awaited {
  readonly nth: number;
  readonly waiting: "stalled" | "kind" | "load";
  readonly lockMs: number;
}

export interface Window {
  readonly run: string;
  /** Names of the operations that write, as JSON. */
  readonly writes: string;
  readonly fromUs: number;
  readonly untilUs: number;
  /** The migration's end: of those that begin from then on the longest is another one. */
  readonly endedUs: number;
}

/**
 * The longest stall of each path and kind within a time, and of those that begin after the migration's end another one,
 * without the locks; exact, from the stored rows.
 */
export async function stallsIn(
  rows: Rows,
  { run, writes, fromUs, untilUs, endedUs }: Window,
): Promise<Stall[]> {
  const found = await rows.rows<StallRow>(query("migration/stalls"), {
    run,
    writes,
    from: fromUs,
    until: untilUs,
    ended: endedUs,
  });
  return found.map(({ fromUs, untilUs, ...row }) => ({
    ...row,
    fromUs,
    untilUs,
    ms: (untilUs - fromUs) / 1000,
    lock: null,
  }));
}

/** The same, each with the lock that most of those waited for who were pending in it, or, where that is not known, the load. */
export async function withLocks(rows: Rows, run: string, stalls: readonly Stall[]): Promise<Stall[]> {
  if (stalls.length === 0) return [];
  const asked = stalls.map(({ fromUs, untilUs, path, kind }, nth) => ({
    nth,
    from: fromUs,
    until: untilUs,
    path,
    kind,
  }));
  const locks = await rows.rows<AwaitedByLoad>(query("migration/stall_locks"), {
    run,
    stalls: JSON.stringify(asked),
  });
  return await Promise.all(stalls.map(async (stall, at) => {
    const lock = locks.find(({ nth }) => nth === at);
    return lock === undefined ? stall : await behindLock(rows, run, stall, lock);
  }));
}

async function behindLock(rows: Rows, run: string, stall: Stall, lock: AwaitedByLoad): Promise<Stall> {
  const within = { run, from: stall.fromUs, until: stall.untilUs };
  const [above] = await rows.rows<Awaited>(query("migration/held_up_by"), within);
  const { waiting } = lock;
  return {
    ...stall,
    lock: lockText(lock, above ?? null),
    lockMs: lock.lockMs,
    ...waiting === "stalled" ? {} : { lockOf: waiting },
  };
}

/** Of a stall that a lock explains in part: `, 3.65 s of it behind a lock`; a wait is seen by looks, so that some is lacking always. */
export function partText({ ms, lockMs }: Stall): string {
  return lockMs === undefined || lockMs >= MOST_EXPLAINED * ms
    ? ""
    : `, ${formatMs(lockMs)} of it behind a lock`;
}

/** The longest of all; of those as long the first, which is that of most requests. */
export function longest(stalls: readonly Stall[]): Stall | null {
  return stalls.reduce<Stall | null>(
    (most, stall) => most === null || stall.ms > most.ms ? stall : most,
    null,
  );
}

/**
 * A lock as a part of a sentence.
 * @param above what the migration waited for meanwhile: who queues behind it waits for that too
 */
export function lockText(lock: Awaited, above: Awaited | null): string {
  const blocker = lock.blockerRole === null ? "" : `, held up by ${who(lock)}`;
  const behind = lock.blockerRole === "migration" && above !== null && above.blockerRole !== null
    ? `, which waited for ${named(above)} behind ${who(above)}`
    : "";
  return `${named(lock)}${blocker}${behind}`;
}

const ROLES: Readonly<Record<SessionRole, string>> = {
  load: "another request",
  migration: "the migration",
  beside: "a transaction that was open beside it",
  benchbook: "a session of Benchbook's",
  other: "somebody else's session",
};

function who({ blockerRole, blockerQuery }: Awaited): string {
  return `${ROLES[blockerRole!]}${blockerQuery === null || blockerQuery === "" ? "" : ` (${blockerQuery})`}`;
}

function named({ mode, relation }: Awaited): string {
  return relation === null ? mode : `${mode} on ${relation}`;
}
