import { recordStatement, type StatementRecord } from "../migrate/statement_record.ts";
import type { Shown, StepPlan, VariantPlan } from "../model/migration.ts";
import type { MoveOptions } from "./move_options.ts";

/** What a step is called in the code. */
export type StepName =
  | "tables"
  | "publish"
  | "copy"
  | "complete"
  | "wayBack"
  | "compare"
  | "prepare"
  | "switch"
  | "stay"
  | "switchBack"
  | "stop"
  | "copyAll"
  | "start";

interface StepText {
  readonly name: StepName;
  /** What people call it, in the manner of a file. */
  readonly stem: string;
  readonly about: string;
  /** As in `StepPlan`. */
  readonly risk?: string;
  readonly fix?: string;
  readonly shows?: readonly Shown[];
  /** As they are shown: what is between … depends on the database. */
  readonly statements: readonly string[];
}

const TABLES: StepText = {
  name: "tables",
  stem: "tables",
  about: "Make the tables at the target, with their primary keys and without rows.",
  statements: ["CREATE SCHEMA, TYPE, SEQUENCE, TABLE, FUNCTION, VIEW … (from the source's catalogue)"],
};

const COMPLETE: StepText = {
  name: "complete",
  stem: "indexes",
  about:
    "Make the indexes, constraints and triggers, which is faster over rows that are there, and the statistics.",
  statements: ["CREATE INDEX, ADD CONSTRAINT, CREATE TRIGGER, ANALYZE … (from the source's catalogue)"],
};

function switchText(name: "switch" | "switchBack", from: string, to: string): StepText {
  return {
    name,
    stem: name === "switch" ? "switch" : "switch-back",
    about:
      `Clients wait; the ${from} takes no write any more; the ${to} gets the last rows; clients go on there.`,
    statements: [
      "close the gate: clients send nothing, what is under way ends",
      `CREATE TRIGGER … BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE …, CREATE EVENT TRIGGER … (the fence, at the ${from})`,
      `UPDATE sentinel …; wait for it at the ${to}, and for what the ${from}'s log held at the fence`,
      `SELECT setval(…) (sequences at the ${to}, with a margin)`,
      "SELECT hashtextextended(…) (rows written last, on both servers)",
      `open the gate: clients go on at the ${to}`,
    ],
  };
}

const SAFE: readonly StepText[] = [
  TABLES,
  {
    name: "publish",
    stem: "publish",
    about: "Publish the tables at the source, and keep its log for the target.",
    statements: [
      "CREATE PUBLICATION … FOR TABLE …; SELECT pg_create_logical_replication_slot(…, 'pgoutput')",
    ],
  },
  {
    name: "copy",
    stem: "copy",
    about: "Copy the rows, while the source goes on to serve.",
    fix: "clients write at the source meanwhile, and what they write is copied after.",
    statements: ["CREATE SUBSCRIPTION … WITH (copy_data = true)"],
  },
  COMPLETE,
  {
    name: "wayBack",
    stem: "way-back",
    about: "Catch up, and make the way back: what is written at the target will be carried to the source.",
    statements: ["CREATE PUBLICATION …; CREATE SUBSCRIPTION … WITH (copy_data = false, origin = none)"],
  },
  {
    name: "compare",
    stem: "compare",
    about: "Compare both servers range by range, and from then on each row that is written.",
    statements: ["SELECT count(*), sum(hashtextextended(t::text, 0)) FROM … WHERE …"],
  },
  {
    name: "prepare",
    stem: "connect",
    about: "Open the clients' connections to the target.",
    statements: ["connect to the target"],
  },
  switchText("switch", "source", "target"),
];

const AND_BACK: readonly StepText[] = [
  {
    name: "stay",
    stem: "stay",
    about: "Clients stay at the target for a while, and what they write is carried back.",
    statements: ["wait; compare; connect to the source"],
  },
  switchText("switchBack", "target", "source"),
];

const NAIVE: readonly StepText[] = [
  TABLES,
  {
    name: "stop",
    stem: "stop-clients",
    about: "Stop the clients.",
    risk:
      "they wait until the last row is copied and the last index made: the larger the tables, the longer.",
    shows: [{ kind: "stall" }],
    statements: ["close the gate: clients send nothing, what is under way ends"],
  },
  {
    name: "copyAll",
    stem: "copy",
    about: "Copy all rows while nobody is served.",
    statements: ["COPY … TO STDOUT; COPY … FROM STDIN"],
  },
  COMPLETE,
  {
    name: "start",
    stem: "start-clients",
    about: "Set the sequences, and start the clients at the target.",
    risk: "there is no way back: the source has nothing of what is written from now on.",
    statements: ["SELECT setval(…)", "open the gate: clients go on at the target"],
  },
];

function textsOf({ variant, andBack }: Pick<MoveOptions, "variant" | "andBack">): readonly StepText[] {
  return variant === "naive" ? NAIVE : andBack ? [...SAFE, ...AND_BACK] : SAFE;
}

/** What a move will do, as its report names it beforehand. */
export function movePlan(options: Pick<MoveOptions, "variant" | "andBack">): VariantPlan {
  const steps = textsOf(options).map((
    { stem, about, risk = null, fix = null, shows = [], statements },
    nth,
  ): StepPlan => ({
    step: nth + 1,
    file: `move-server/${options.variant}/${String(nth + 1).padStart(2, "0")}-${stem}`,
    about,
    risk,
    fix,
    shows,
    move: { kind: "plain", oneTransaction: false },
    statements: statements.map((text) => ({ text, shown: text, line: 1 })),
  }));
  return { variant: options.variant, steps };
}

/** A step that did not end well. */
export class MoveFailure extends Error {
  override name = "MoveFailure";
  /** What is wrong with the servers, as sentences. */
  complaints = "";
  constructor(readonly step: StepPlan, override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs a part of a step, and records it as a statement of that. */
export type RunPart = <T>(
  name: StepName,
  nth: number,
  work: (record: StatementRecord) => Promise<T>,
) => Promise<T>;

/** Records the parts of a move's steps. @returns what runs one, and the step that was begun last */
export function stepRecorder(
  options: MoveOptions,
): { readonly run: RunPart; readonly last: () => StepPlan } {
  const { steps } = movePlan(options);
  const texts = textsOf(options);
  let last = steps[0]!;
  const run: RunPart = async (name, nth, work) => {
    const step = last = steps[texts.findIndex((text) => text.name === name)]!;
    const record = recordStatement({
      step,
      index: nth,
      variant: options.variant,
      nowUs: options.nowUs,
      onRecord: options.onRecord,
    });
    record.begin();
    try {
      options.signal?.throwIfAborted();
      const result = await work(record);
      record.end();
      return result;
    } catch (error) {
      // What was cancelled says something else.
      record.fail(options.signal?.aborted ? new DOMException("interrupted", "AbortError") : error);
      throw error instanceof MoveFailure ? error : new MoveFailure(step, error);
    }
  };
  return { run, last: () => last };
}
