import { z } from "zod";
import type { Mix } from "../../load/mix.ts";
import { mixOf, type MixPlan } from "../../load/plan.ts";
import type { ProcessId } from "../../stack/process.ts";
import type { WritingArm } from "../../undo/evidence.ts";
import { operationOfSlot, type SlotWrites } from "../../undo/may_write.ts";
import type { RegisterValues } from "./register_rows.ts";
import type { Written } from "./written.ts";

/** What the values of a run's requests are drawn by, as plain data. */
export type KeptDraws = Omit<MixPlan, "seed" | "streams">;

/** All that is needed to judge the writes of a run after it was killed: what its spool does not tell. */
export interface LedgerRecord {
  readonly runId: string;
  readonly owner: ProcessId;
  readonly writes: SlotWrites;
  /** By operation. */
  readonly written: readonly (Written | null)[];
  readonly draws: KeptDraws;
  readonly arms: readonly WritingArm[];
  readonly slots: number | null;
  readonly retries: number;
  readonly registers: RegisterValues;
}

/** The same as it is kept. */
export interface KeptLedger extends Omit<LedgerRecord, "registers"> {
  readonly schema: 1;
  readonly registers: readonly (readonly [
    id: string,
    rows: readonly (readonly [key: string, values: readonly (string | null)[]])[],
  ])[];
}

const text = z.string();
/** One that JSON does not have, such as Infinity, is kept as text. */
const number = z.union([z.number(), text]);
const table = z.object({
  table: text,
  key: text,
  from: z.number(),
  given: z.record(text, text).nullable(),
});
const register = z.object({
  table: text,
  key: z.object({ column: text, param: text, back: z.int().optional() }),
  value: z.object({ column: text, param: text }),
  changed: z.array(text),
});
const written = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rows"), tables: z.array(table), param: text, always: z.boolean() }),
  z.object({ kind: z.literal("register"), register }),
  z.object({ kind: z.literal("unknown") }),
]);
const stream = z.looseObject({ rate: number, first: z.int(), count: z.int() });

const form = z.looseObject({
  runId: text,
  writes: z.object({
    seed: z.int(),
    closed: z.boolean(),
    operations: z.array(z.looseObject({ weight: z.number(), write: z.boolean() })).min(1),
    streams: z.array(stream.extend({ session: z.boolean() })).min(1),
  }),
  written: z.array(written.nullable()),
  draws: z.looseObject({
    operations: z.array(z.looseObject({ name: text, params: z.looseObject({}) })),
    sources: z.looseObject({}),
  }),
  arms: z.array(z.looseObject({ path: text, ours: z.boolean() })).min(1),
  slots: z.int().nullable(),
  retries: z.int().nonnegative(),
});

/**
 * A record as it was kept, and all of it looked at.
 * @returns null where it is damaged: no writes can be judged by it
 */
export function parseLedger(kept: KeptLedger): LedgerRecord | null {
  if (!form.safeParse(kept).success) return null;
  const { writes, written, draws } = kept;
  if (written.length !== writes.operations.length || draws.operations.length !== written.length) return null;
  try {
    const record = { ...kept, registers: new Map(kept.registers.map(([id, rows]) => [id, new Map(rows)])) };
    // What decides about values and slots must be known of all.
    mixOfLedger(record);
    operationOfSlot(writes)(0);
    return record;
  } catch {
    return null;
  }
}

/** What decides which values the run's writes gave. */
export function mixOfLedger({ draws, writes }: Pick<LedgerRecord, "draws" | "writes">): Mix {
  return mixOf({ ...draws, streams: writes.streams, seed: writes.seed });
}
