import { keptBy } from "./lock_modes.ts";
import type { LockEffect, Work } from "./statement_effects.ts";
import { formatBytes, formatCount } from "./units.ts";
import type { SizeOf } from "./lint.ts";

/** A mode as SQL writes it: `ACCESS EXCLUSIVE`. */
export function modeInSql(mode: string): string {
  return mode.replace(/Lock$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase();
}

/** Whom a lock keeps waiting, in words. */
export function keptWaiting(mode: string): string {
  const { reads, rowLocks, writes, schemaChanges } = keptBy(mode);
  if (reads) return "everybody waits";
  if (writes) return rowLocks ? "all but plain reads wait" : "writes wait";
  return schemaChanges ? "only schema changes wait" : "nobody waits but for ACCESS EXCLUSIVE and the like";
}

/**
 * A lock in words.
 * @param limit how long it is waited for at the most, in words: who queues behind it waits no longer; null: nothing limits that
 */
export function lockSaid({ relation, mode }: LockEffect, limit: string | null = null): string {
  const waits = `${modeInSql(mode)} on ${relation}: ${keptWaiting(mode)}`;
  return limit === null || !keptBy(mode).writes
    ? waits
    : `${waits}, at most ${limit} until it is had, and then for as long as it is held`;
}

const DONE: Readonly<Record<Work["kind"], string>> = {
  rewrite: "writes all of",
  scan: "reads all of",
  "look-up": "reads all of",
  "index build": "indexes",
  refresh: "works out",
  "row changes": "changes rows of",
  read: "reads",
  "wait for transactions": "waits because of",
  maintenance: "looks after",
};

/** A piece of work in words. @param sizes of the relations that are known */
export function workSaid(work: Work, sizes: readonly SizeOf[]): string {
  const size = sizes.find(({ relation }) => relation === work.relation);
  const columns = work.kind === "index build" && work.columns.length > 0
    ? ` (${work.columns.join(", ")})`
    : "";
  const unless = work.unless === null ? "" : `, unless ${work.unless}`;
  return `${DONE[work.kind]} ${work.relation}${columns}${sizeSaid(size)}: ${work.why}${unless}`;
}

/** ` (1.2 GB, 3,000,000 rows)`; empty where it is not known. */
export function sizeSaid(size: SizeOf | undefined): string {
  const parts = [
    size?.bytes ? formatBytes(size.bytes) : null,
    size?.rows === null || size === undefined ? null : `${formatCount(Math.round(size.rows))} rows`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
