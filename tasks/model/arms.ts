import type { ArmRecord } from "./run.ts";

/**
 * The arms of a run that recorded none, which had one for each path: each is called after its path, and direct SQL is
 * the baseline where it is among them, else the first.
 */
export function armAPath(paths: readonly string[]): ArmRecord[] {
  const baseline = paths.includes("sql") ? "sql" : paths[0];
  return paths.map((path, armId) => ({
    armId,
    name: path,
    path,
    role: path === baseline ? "baseline" : "candidate",
    overrides: {},
  }));
}
