import { z } from "zod";
import type { Scenario, Stream } from "../model/scenario.ts";
import { PATHS } from "../paths/registry.ts";
import { checkedForm } from "./checked_form.ts";
import { fieldWords, numberAbove0, numberFrom, wholeFrom } from "./field_words.ts";
import { nameForm } from "./name_form.ts";

const name = nameForm;
const positive = numberAbove0();
const notNegative = numberFrom(0);
const whole = z.int("must be a whole number");
const keys = z.string().min(1);
const weights = z.array(notNegative).optional();

/** What tables, charts and stored summaries call all operations of an arm together. */
const ALL = "all";

const DRAWS = [
  z.strictObject({ kind: z.literal("zipf"), keys, s: numberFrom(0, 5) }),
  z.strictObject({ kind: z.literal("uniform"), keys }),
  z.strictObject({ kind: z.literal("recent"), keys, mean: numberAbove0(1) }),
  z.strictObject({ kind: z.literal("integer"), min: whole, max: whole }),
  z.strictObject({
    kind: z.literal("choice"),
    values: z.array(z.union([z.string(), z.number()], "must be a text or a number")).min(1),
    weights,
  }),
  z.strictObject({ kind: z.literal("sample"), keys, count: wholeFrom(1, 16) }),
  z.strictObject({ kind: z.literal("integers"), min: whole, max: whole, count: wholeFrom(1, 16) }),
  z.strictObject({ kind: z.literal("after"), of: z.string().min(1), days: wholeFrom(0) }),
  z.strictObject({ kind: z.literal("reserved"), keys }),
  z.strictObject({
    kind: z.literal("source"),
    source: z.string().min(1),
    column: z.string().min(1),
    pick: z.enum(["uniform", "zipf", "in order"]).optional(),
    s: numberFrom(0, 5).optional(),
  }),
  z.strictObject({ kind: z.literal(["captured", "carried"]), from: name, column: z.string().min(1) }),
] as const;
/** Of a kind that has an earlier name too, the present one. */
const KINDS = DRAWS.map(({ shape }) => [...shape.kind.values][0]).join(", ");

const draw = z.discriminatedUnion("kind", DRAWS, {
  error: ({ code }) => code === "invalid_union" ? `must be one of ${KINDS}` : "must be { kind, … }",
}).superRefine((value, context) => {
  if ("min" in value && value.min > value.max) {
    context.addIssue({ code: "custom", message: `min must not exceed max: ${value.min} > ${value.max}` });
  }
  if (value.kind === "choice" && value.weights && value.weights.length !== value.values.length) {
    context.addIssue({
      code: "custom",
      message: `weights must be as many as values: ${value.weights.length}`,
    });
  }
  if (value.kind === "source" && value.s !== undefined && value.pick !== "zipf") {
    context.addIssue({ code: "custom", path: ["s"], message: 'must go with pick: "zipf"' });
  }
  if (value.kind === "choice" && value.weights?.every((weight) => weight === 0)) {
    context.addIssue({ code: "custom", message: "weights must not all be 0" });
  }
});

const operation = z.strictObject({
  name: name.refine(
    (text) => text !== ALL,
    `must be another name, as "${ALL}" is that of all operations together: rename it, and its files in the workload`,
  ),
  weight: positive,
  params: z.record(z.string(), draw),
  write: z.boolean().optional(),
  cache: z.boolean().optional(),
  tag: z.array(z.string().min(1)).optional(),
  outdates: z.array(name).optional(),
});
// What stages may be `checkStages` says, in words of its own.
const stages = z.array(z.unknown()).optional();
const rate = numberAbove0(1_000_000);
const arrivals = z.enum(["poisson", "constant"]);

const session = z.strictObject({
  think: z.strictObject({
    kind: z.enum(["exponential", "constant"]),
    seconds: numberFrom(0, 3600),
  }),
});

const stream = z.strictObject({
  name,
  arrivals,
  rate,
  stages,
  operations: z.array(operation).min(1),
  session: session.optional(),
});

/** Slots are counted from here on, and a double holds them exactly. */
const LARGEST_OWN_KEY = Number.MAX_SAFE_INTEGER - 10_000_000_000;

const file = z.string().min(1);
const source = z.union([
  z.strictObject({ csv: file }),
  z.strictObject({ parquet: file }),
  z.strictObject({ sql: file }),
], "must be { csv }, { parquet } or { sql } with the path of a file");

const ownTables = z.strictObject({
  schemas: z.array(z.string().min(1)).min(1),
  setup: file.optional(),
  undo: file.optional(),
  keys: z.record(name, z.strictObject({ from: wholeFrom(1, LARGEST_OWN_KEY) })).optional(),
  triggers: z.literal("undone").optional(),
});

const setting = z.strictObject({
  default: z.number(),
  min: z.number(),
  max: z.number(),
  unit: z.string(),
  describe: z.string(),
  seeded: z.string().min(1).optional(),
});

const choice = z.strictObject({
  default: z.string().min(1),
  choices: z.array(z.string().min(1)).min(2),
  describe: z.string(),
});

/** By which of them it looks like, so that what is wrong is said of that one. */
const settingOrChoice = z.unknown().transform((value, context) => {
  const asChoice = typeof value === "object" && value !== null && "choices" in value;
  const read = (asChoice ? choice : setting).safeParse(value, { error: fieldWords });
  if (!read.success) {
    for (const issue of read.error.issues) context.addIssue({ ...issue } as never);
    return z.NEVER;
  }
  const { data } = read;
  const fits = "choices" in data
    ? data.choices.includes(data.default)
    : data.min <= data.default && data.default <= data.max;
  if (!fits) {
    context.addIssue({
      code: "custom",
      message: asChoice ? "default must be among choices" : "default must lie from min to max",
    });
  }
  return data;
});

const scenario = z.strictObject({
  name,
  title: z.string().min(1),
  dataset: z.union([
    name,
    ownTables,
  ], "must be the name of a data set, or { schemas, setup, undo, keys, triggers } for tables of your own"),
  workload: z.string().min(1),
  arrivals: arrivals.optional(),
  rate: rate.optional(),
  stages,
  operations: z.array(operation).min(1).optional(),
  streams: z.union([
    z.array(stream).min(1),
    z.custom<(settings: unknown) => unknown>((value) => typeof value === "function"),
  ], "must be a list of streams, or a function of the settings that gives one").optional(),
  sources: z.record(z.string(), source).optional(),
  duration: positive,
  warmup: notNegative,
  block: positive,
  washout: notNegative,
  // Beyond a day nobody waits, and PostgreSQL and timers count milliseconds in 31 bits.
  timeout: numberAbove0(86_400),
  inFlight: wholeFrom(1, 1_000_000).optional(),
  retry: z.strictObject({ attempts: wholeFrom(1, 10), backoff: numberFrom(0, 60) })
    .optional(),
  paths: z.array(z.enum(PATHS)).min(1).refine(
    (paths) => new Set(paths).size === paths.length,
    "must be different from each other",
  ),
  slo: z.string().optional(),
  settings: z.record(z.string(), settingOrChoice),
  hitTarget: z.string().min(1).optional(),
  presets: z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string()]))).optional(),
});

/** The forms of a scenario file's parts, by the names of their types in tasks/model/scenario.ts. */
export const FORMS = {
  Scenario: scenario,
  OwnTables: ownTables,
  Stream: stream,
  Session: session,
  ScenarioOperation: operation,
  Setting: setting,
  Choice: choice,
} as const;
/** The form of each kind of parameter. */
export const DRAW_FORMS: readonly z.ZodObject[] = DRAWS;

const WORDS = {
  what: "scenario file",
  next: "The type Scenario in tasks/model/scenario.ts describes every field.",
};

/** @throws {UsageError} naming the file and the first faulty field */
export function checkForm(value: unknown, file: string): Scenario {
  return checkedForm(scenario, value, { file, ...WORDS }) as Scenario;
}

/** What a scenario's function gave for streams. @throws {UsageError} naming the file and the first faulty field */
export function checkStreams(value: unknown, file: string): readonly Stream[] {
  return checkedForm(z.array(stream).min(1), value, {
    file,
    ...WORDS,
    within: "streams",
  }) as readonly Stream[];
}
