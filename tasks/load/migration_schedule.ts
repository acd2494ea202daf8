import { BLOCK_SEGMENTS, MIGRATION_SEGMENTS } from "../model/phases.ts";
import type { Phase } from "../model/run.ts";
import type { Action, Schedule } from "./schedule.ts";

/** A run in which something changes while the load goes on. */
export interface MigrationSchedulePlan {
  readonly warmupSeconds: number;
  /** Of the time before the change, and of that after it. */
  readonly segmentSeconds: number;
  /** The change may take so long; the run is over so much earlier where it takes less. */
  readonly longestSeconds: number;
  /** Looks at the system under load, at the end of a warm-up that is long enough for it; null: nothing does. */
  readonly look: Pick<Action, "name" | "run"> | null;
  /** Makes the change. */
  readonly change: Pick<Action, "name" | "run">;
}

/** Looking takes so long, and a moment more. */
const LOOK_SECONDS = 1.8;

/** Whether a warm-up is long enough to look at the system under load. */
export function canLook(warmupSeconds: number): boolean {
  return warmupSeconds >= LOOK_SECONDS;
}

/** Warm-up, then baseline, migrate and recovery, all of which ask all arms at once; the change ends the second of them. */
export function migrationSchedule(
  { warmupSeconds, segmentSeconds, longestSeconds, look, change }: MigrationSchedulePlan,
): Schedule {
  const phases: Phase[] = [];
  const add = (segment: string, seconds: number, measured = true) => {
    if (seconds <= 0) return;
    const startUs = phases.at(-1)?.endUs ?? 0;
    const endUs = startUs + Math.round(seconds * 1e6);
    const id = phases.length;
    phases.push({ phaseId: id, segment, measured, block: id, arm: null, startUs, endUs });
  };
  add(BLOCK_SEGMENTS.warmup, warmupSeconds, false);
  add(MIGRATION_SEGMENTS.baseline, segmentSeconds);
  add(MIGRATION_SEGMENTS.migrate, longestSeconds);
  const { phaseId } = phases.at(-1)!;
  add(MIGRATION_SEGMENTS.recovery, segmentSeconds);
  const looks = look === null || !canLook(warmupSeconds)
    ? []
    : [{ ...look, at: { atUs: Math.round((warmupSeconds - LOOK_SECONDS) * 1e6) } }];
  const changes = { ...change, at: { phaseId, edge: "start" }, ends: phaseId } as const;
  return { phases, actions: [...looks, changes], outages: [] };
}
