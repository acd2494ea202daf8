import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** A part of a run: all phases of one segment, µs from the run's start. */
export interface Part {
  readonly segment: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** The parts that a migration is judged by; null where the run ended before it came to one. */
export interface Parts {
  readonly all: readonly Part[];
  readonly baseline: Part | null;
  readonly migrate: Part | null;
  readonly recovery: Part | null;
}

/** How a migration's run went, in order of time. */
export async function partsOf(rows: Rows, runId: string): Promise<Parts> {
  const { baseline, migrate, recovery } = MIGRATION_SEGMENTS;
  const all = (await rows.rows<Part>(query("migration/segments"), { run: runId, changing: migrate }))
    .map(({ segment, startUs, endUs }) => ({ segment, startUs: Number(startUs), endUs: Number(endUs) }));
  const named = (name: string) =>
    all.find(({ segment, startUs, endUs }) => segment === name && endUs > startUs) ?? null;
  return { all, baseline: named(baseline), migrate: named(migrate), recovery: named(recovery) };
}

/** How long a part lasted, s. */
export function secondsOf({ startUs, endUs }: Part): number {
  return (endUs - startUs) / 1e6;
}

/** Those from the migration on: what it may have done to anybody. */
export function affected({ migrate, recovery }: Parts): Part[] {
  return [migrate, recovery].flatMap((part) => part ?? []);
}
