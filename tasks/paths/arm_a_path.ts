import type { ArmRecord } from "../model/run.ts";
import { REFERENCE } from "./names.ts";

/**
 * An arm for each path, called after it, as a run has them without `--arm`, and as those had that recorded none: the
 * reference is the baseline where it is among them, else the first.
 */
export function armAPath(paths: readonly string[]): ArmRecord[] {
  const baseline = paths.includes(REFERENCE) ? REFERENCE : paths[0];
  return paths.map((path, armId) => ({
    armId,
    name: path,
    path,
    role: path === baseline ? "baseline" : "candidate",
    overrides: {},
  }));
}
