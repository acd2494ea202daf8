import type { Phase } from "./run.ts";

/** The segments of a run of blocks: what warms up, what an arm's block begins with, and what is measured. */
export const BLOCK_SEGMENTS = { warmup: "warmup", washout: "washout", steady: "steady" } as const;

/** The segments of a run that migrates: before, meanwhile and afterwards. */
export const MIGRATION_SEGMENTS = { baseline: "baseline", migrate: "migrate", recovery: "recovery" } as const;

/**
 * The first block with a measured phase, Infinity where there is none: what lies in blocks before it warms up, and what
 * lies in it or after it is what a run is judged by.
 * @param phases in order of time
 */
export function firstMeasuredBlock(phases: readonly Pick<Phase, "block" | "measured">[]): number {
  return phases.find(({ measured }) => measured)?.block ?? Infinity;
}
