import { strongestLock } from "../model/lock_modes.ts";
import type { BesidePlan, StepPlan } from "../model/migration.ts";
import type { MigrationPrediction, PlannedPrediction, Span } from "../model/prediction.ts";
import type { StatementEffects } from "../model/statement_effects.ts";
import type { PredictionFacts, QueryFacts } from "./facts.ts";
import { besideLoad } from "./slowdown.ts";
import { NOTHING, times, total } from "./span.ts";
import { type Hold, loadBeside, type LoadFacts, stallBehind } from "./stall.ts";
import { predict } from "./statement.ts";

/** A statement with what is known of it before it runs. */
export interface PlannedStatement {
  readonly step: StepPlan;
  /** Its number within the file, from 1. */
  readonly statement: number;
  readonly effects: StatementEffects;
  /** What the planner expects of its query; null: it has none, or that is not known. */
  readonly query: QueryFacts | null;
  /** Relations as the statements before leave them. */
  readonly relations: PredictionFacts["relations"];
}

/** Locks that keep neither readers nor writers of rows out. */
const HARMLESS = ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"];

/**
 * What is expected of a migration, statement by statement, and of the stall that users see.
 * @param beside others' transactions that are open meanwhile
 */
export function predictMigration(
  planned: readonly PlannedStatement[],
  beside: readonly BesidePlan[],
  facts: PredictionFacts,
  load: LoadFacts,
  lockTimeoutMs: number,
): Omit<MigrationPrediction, "rates"> {
  const units: Unit[] = [];
  for (const unit of unitsOf(planned)) {
    units.push(slowed(unit.map(predicted(facts)), tookMs(units.flat()), load));
  }
  const statements = units.flat().map(({ own }) => own);
  const holds = units.flatMap((unit, at) => holdsOf(unit, tookMs(units.slice(0, at).flat())));
  const waits = beside.map(({ holdSeconds }) => 1000 * holdSeconds);
  const untold = planned.find(({ effects }) => effects.unknown !== null && effects.locks.length === 0);
  if (untold !== undefined) {
    return { statements, stall: null, why: `It cannot be told ${untold.effects.unknown}.` };
  }
  const stalls = holds.map((hold) => behind(hold, waits, load, lockTimeoutMs));
  if (stalls.includes(null)) {
    return { statements, stall: null, why: "How long a statement takes that keeps others out is not known." };
  }
  const known = stalls as readonly Behind[];
  const worst = known.reduce<Behind | null>(
    (most, each) => most === null || each.span.ms > most.span.ms ? each : most,
    null,
  );
  return {
    statements,
    stall: worst?.span ?? NOTHING,
    why: worst === null ? "No statement keeps requests of the load waiting." : `${worst.why}.`,
  };
}

/** @returns takes what takes effect together, one after another */
function predicted(facts: PredictionFacts) {
  return (each: PlannedStatement, at: number, { length }: readonly PlannedStatement[]): Unit[number] => {
    const { step: { step }, statement, effects, query, relations } = each;
    const own = predict(effects, { ...facts, relations }, query, at === length - 1);
    return { ...each, own: { step, statement, ...own } };
  };
}

interface Behind {
  readonly span: Span;
  readonly why: string;
}

/** The statements that take effect together. */
function unitsOf(planned: readonly PlannedStatement[]): PlannedStatement[][] {
  const units: PlannedStatement[][] = [];
  for (const each of planned) {
    const { step: { step, move } } = each;
    const together = "oneTransaction" in move && move.oneTransaction;
    const before = units.at(-1);
    if (together && before?.[0]?.step.step === step) before.push(each);
    else units.push([each]);
  }
  return units;
}

/** What takes effect together, with what is expected of each. */
type Unit = readonly (PlannedStatement & { readonly own: PlannedPrediction })[];

/** What is known of how long it takes, ms. */
function tookMs(unit: Unit): number {
  return total(unit.flatMap(({ own }) => own.took ?? [])).ms;
}

/** The same beside the load, for as long as the locks that it takes let that go on. @param fromMs it begins then */
function slowed(unit: Unit, fromMs: number, load: LoadFacts): Unit {
  const holds = holdsOf(unit, fromMs).flatMap(({ span, ...hold }) =>
    span === null ? [] : [{ ...hold, span }]
  );
  const [longest] = holds.toSorted((a, b) => b.span.ms - a.span.ms);
  const loadMs = Math.min(Infinity, ...holds.map((hold) => loadBeside(hold, load)));
  const whole = longest?.span ?? total(unit.flatMap(({ own }) => own.took ?? []));
  if (whole.ms === 0) return unit;
  const factor = besideLoad(whole, load.slowdown, loadMs).ms / whole.ms;
  return unit.map(({ own, ...each }) => ({
    ...each,
    own: { ...own, took: own.took === null ? null : times(own.took, factor) },
  }));
}

/** A hold whose length may not be known. */
type OpenHold = Omit<Hold, "span"> & { readonly span: Span | null; readonly timed: boolean };

/** Each lock from the statement that takes it to the end of its transaction. @param fromMs that begins then */
function holdsOf(unit: Unit, fromMs: number): OpenHold[] {
  return unit.flatMap(({ effects, step: { move } }, at) => {
    const rest = unit.slice(at).map(({ own }) => own.took);
    // Batches are as short as users' response time asks for.
    const span = move.kind === "batches"
      ? NOTHING
      : rest.includes(null)
      ? null
      : total(rest as readonly Span[]);
    const timed = move.kind === "lock_timeout";
    const known = { span, timed, fromMs: fromMs + tookMs(unit.slice(0, at)) };
    const strong = effects.locks.filter(({ mode }) => !HARMLESS.includes(mode)).map(({ relation, mode }) => ({
      relation,
      mode: strongestLock([mode])!,
      rows: false,
      ...known,
    }));
    const changed = effects.work.filter(({ kind, allRows }) => kind === "row changes" && allRows !== false)
      .map(({ relation }) => ({ relation, mode: "RowExclusiveLock", rows: true, ...known }));
    return [...strong, ...changed];
  });
}

/** Who has waited is answered as late as others are, besides. */
function answered(span: Span, { responseMs }: LoadFacts): Span {
  return span.ms === 0 ? span : total([span, { ms: responseMs, lowMs: 0, highMs: 2 * responseMs }]);
}

/** What users see of it; null: that cannot be told. */
function behind(
  hold: OpenHold,
  waits: readonly number[],
  load: LoadFacts,
  lockTimeoutMs: number,
): Behind | null {
  const stopsAnybody = stallBehind({ ...hold, span: { ms: 1e9, lowMs: 1e9, highMs: 1e9 } }, load) !== null;
  if (!stopsAnybody) return { span: NOTHING, why: `nobody of the load waits for ${hold.relation}` };
  if (hold.span === null) return null;
  // Whoever asks for a lock that another transaction keeps has all others queue behind it.
  const open = hold.mode === "AccessExclusiveLock" ? Math.max(0, ...waits) : 0;
  const waited = hold.timed ? Math.min(open, lockTimeoutMs) : open;
  const span = total([{ ms: waited, lowMs: waited, highMs: waited }, hold.span]);
  const found = stallBehind({ ...hold, span }, load) ?? { span: NOTHING, why: "" };
  const queue = waited === 0 ? "" : `${hold.mode} is asked for while a transaction is open beside it; `;
  return { span: answered(found.span, load), why: `${queue}${found.why}` };
}
