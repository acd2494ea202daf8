import { type Mix, NOT_CAPTURED } from "../../load/mix.ts";
import type { SlotWrites } from "../../undo/may_write.ts";
import { textOf } from "./register_rows.ts";
import type { Register } from "./written.ts";

/** What decides which values the requests of a run give. */
export interface DecidingValues {
  readonly mix: Mix;
  readonly writes: Pick<SlotWrites, "streams">;
}

/** The key of the row that a write updates, as text: its own, or that under which an earlier step of its session wrote. */
export function registerKey(
  { key: { param, back = 0 } }: Register,
  slot: number,
  operation: number,
  { mix, writes: { streams } }: DecidingValues,
): string {
  // A session's steps have slots one after another, of those of its stream.
  return textOf(mix.valuesOf(slot - back * streams.length, operation - back, NOT_CAPTURED)[param]);
}
