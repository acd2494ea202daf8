import { z } from "zod";
import { type Run, RUN_STATUSES, type RunStatus, type Verdict, VERDICTS } from "../model/run.ts";

/** Who writes a spool: a process id alone is reused, so its start time goes with it. */
export interface SpoolOwner {
  readonly pid: number;
  readonly startedAt: string;
}

/** How a run ended; its absence means that the process was killed. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, "running">;
  readonly verdict?: Verdict | null;
  readonly endedAt: Date;
}

/**
 * What the records of a spool must be for a store to take them. A spool may be older or newer than this program,
 * and what a disk gives back may be anything.
 */
const MOST_16_BITS = 2 ** 16 - 1;
export const MOST_32_BITS = 2 ** 32 - 1;

export const text = z.string();
export const micros = z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime().transform((iso) => new Date(iso));
const verdict = z.enum(VERDICTS).nullable();
export const json = z.looseObject({});
export const smallId = z.int().min(0).max(MOST_16_BITS);

const owner = z.object({ pid: z.int().positive(), startedAt: text });

const run = z.object({
  runId: text,
  label: text.nullable(),
  kind: z.enum(["bench", "migrate"]),
  scenario: text,
  startedAt: moment,
  endedAt: moment.nullable(),
  status: z.enum(RUN_STATUSES),
  verdict,
  seed: z.int(),
  config: json,
  environment: json,
  gitCommit: text.nullable(),
  searchId: text.nullable().optional(),
});

const end = z.object({
  status: z.enum(["complete", "interrupted", "crashed"]),
  verdict: verdict.optional(),
  endedAt: moment,
});

/** Takes a value for a record of its kind; null when it is none. */
export type Form<T> = (value: unknown) => T | null;

/** @param schema what such a record must be */
export function formOf<T>(schema: z.ZodType<T>): Form<T> {
  return (value) => {
    try {
      const result = schema.safeParse(value);
      return result.success ? result.data : null;
    } catch (error) {
      // Nested so deeply that it does not fit the stack.
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
}

export const ownerForm: Form<SpoolOwner> = formOf(owner);
export const runForm: Form<Run> = formOf(run as unknown as z.ZodType<Run>);
export const endForm: Form<RunEnd> = formOf(end);
