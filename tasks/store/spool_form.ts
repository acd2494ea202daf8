import { z } from "zod";
import type { Operation } from "../model/operation.ts";
import {
  type Phase,
  type Plan,
  type Run,
  RUN_STATUSES,
  type RunStatus,
  type Sample,
  type Verdict,
  VERDICTS,
} from "../model/run.ts";

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
const MOST_32_BITS = 2 ** 32 - 1;

const text = z.string();
const micros = z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime().transform((iso) => new Date(iso));
const verdict = z.enum(VERDICTS).nullable();
const json = z.looseObject({});

const owner = z.object({ pid: z.int().positive(), startedAt: text });

const run = z.object({
  runId: text,
  label: text.nullable(),
  kind: z.literal("bench"),
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

const interval = {
  phaseId: z.int().min(0).max(MOST_32_BITS),
  block: z.int32(),
  arm: text,
  startUs: micros,
  endUs: micros,
};

const phase = z.union([
  z.object({ ...interval, segment: text, measured: z.boolean() }),
  // Older versions measured in the phases of one name.
  z.object({ ...interval, name: z.enum(["warmup", "washout", "steady"]) })
    .transform(({ name, ...phase }) => ({ ...phase, segment: name, measured: name === "steady" })),
]);

const operationId = z.int().min(0).max(MOST_16_BITS);

const operation = z.object({
  operationId,
  workload: text,
  stream: text.optional(),
  name: text,
  path: text,
  arm: text.optional(),
  statement: text,
  fingerprint: text,
  parameters: z.array(json),
});

const stream = z.object({ name: text, operations: z.array(text) });

const plan = z.object({ operationId, atUs: micros, plan: z.json() });

const sample = z.tuple([micros, text, text, z.record(text, text), z.number().nullable()]);

/** A sample as a line keeps it; a value that was not finite is null. */
export type SampleLine = readonly [
  atUs: number,
  source: Sample["source"],
  metric: string,
  labels: Sample["labels"],
  value: number | null,
];

/** An operation as a spool keeps it; older versions had an arm a path, and told streams by the run's record. */
export type SpooledOperation = Omit<Operation, "arm" | "stream"> & Partial<Pick<Operation, "arm" | "stream">>;

/** Takes a value for a record of its kind; null when it is none. */
export type Form<T> = (value: unknown) => T | null;

function formOf<T>(schema: z.ZodType): Form<T> {
  return (value) => {
    try {
      const result = schema.safeParse(value);
      return result.success ? result.data as T : null;
    } catch (error) {
      // Nested so deeply that it does not fit the stack.
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
}

export const ownerForm: Form<SpoolOwner> = formOf(owner);
export const runForm: Form<Run> = formOf(run);
export const endForm: Form<RunEnd> = formOf(end);
export const phaseForm: Form<Phase> = formOf(phase);
export const operationsForm: Form<SpooledOperation[]> = formOf(z.array(operation));
/** Of a run's configuration, what tells whose stream an operation is. */
export const streamsForm: Form<{ name: string; operations: string[] }[]> = formOf(z.array(stream));
export const plansForm: Form<Plan[]> = formOf(z.array(plan));
export const sampleForm: Form<SampleLine> = formOf(sample);
