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

/** The strongest of some; null of none. */
export function strongestLock(modes: readonly string[]): string | null {
  const strength = (mode: string) => LOCK_MODES.indexOf(mode);
  return modes.toSorted((a, b) => strength(b) - strength(a))[0] ?? null;
}
