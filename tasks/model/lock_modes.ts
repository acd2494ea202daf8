/** PostgreSQL's locks on tables, the weakest first: each is in conflict with no less than the one before it. */
export const LOCK_MODES: readonly string[] = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
];

/** For sorting: the strongest first. */
export function byStrength(one: string, other: string): number {
  return LOCK_MODES.indexOf(other) - LOCK_MODES.indexOf(one);
}

/** The strongest of some; null of none. */
export function strongestLock(modes: readonly string[]): string | null {
  return modes.toSorted(byStrength)[0] ?? null;
}

/** Docs: "Table-Level Locks", the table of conflicts: with which modes of others each cannot be held at the same time. */
const CONFLICTS: Readonly<Record<string, readonly string[]>> = {
  AccessShareLock: ["AccessExclusiveLock"],
  RowShareLock: ["ExclusiveLock", "AccessExclusiveLock"],
  RowExclusiveLock: ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"],
  ShareUpdateExclusiveLock: LOCK_MODES.slice(3),
  ShareLock: LOCK_MODES.filter((mode, at) => at >= 2 && mode !== "ShareLock"),
  ShareRowExclusiveLock: LOCK_MODES.slice(2),
  ExclusiveLock: LOCK_MODES.slice(1),
  AccessExclusiveLock: LOCK_MODES,
};

/** Whether two sessions cannot hold these at the same time. */
export function locksConflict(one: string, other: string): boolean {
  return CONFLICTS[one]?.includes(other) ?? false;
}

/** Whom a lock keeps waiting. */
export interface Kept {
  /** SELECT. */
  readonly reads: boolean;
  /** SELECT … FOR UPDATE and its like, and so the look of a foreign key into the table that it refers to. */
  readonly rowLocks: boolean;
  /** INSERT, UPDATE, DELETE. */
  readonly writes: boolean;
  /** CREATE INDEX, ALTER TABLE, VACUUM. */
  readonly schemaChanges: boolean;
}

/** Whom a lock of a mode keeps waiting. */
export function keptBy(mode: string): Kept {
  return {
    reads: locksConflict(mode, "AccessShareLock"),
    rowLocks: locksConflict(mode, "RowShareLock"),
    writes: locksConflict(mode, "RowExclusiveLock"),
    schemaChanges: locksConflict(mode, "ShareUpdateExclusiveLock") || locksConflict(mode, "ShareLock"),
  };
}
