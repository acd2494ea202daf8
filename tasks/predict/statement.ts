import { strongestLock } from "../model/lock_modes.ts";
import type { Span, StatementPrediction } from "../model/prediction.ts";
import type { StatementEffects, Work } from "../model/statement_effects.ts";
import { counted, formatCount } from "../model/units.ts";
import type { PredictionFacts, QueryFacts } from "./facts.ts";
import { NOTHING, spanOf, total } from "./span.ts";
import { keptTime, type WorkTime, workTime } from "./work_time.ts";

/**
 * What is expected of a statement, told without running it.
 * @param facts of the relations that it works on; without those of one it is not known how long it takes
 * @param query what the planner expects of the query whose rows it keeps; null: it has none, or that is not known
 * @param commits whether its transaction ends with it
 */
export function predict(
  { locks, work, unknown }: StatementEffects,
  facts: PredictionFacts,
  query: QueryFacts | null = null,
  commits = true,
): StatementPrediction {
  const mode = strongestLock(locks.map((lock) => lock.mode));
  const parts = query === null ? work.map((each) => workTime(each, facts)) : [keptRows(work, query, facts)];
  const { value, spread } = facts.rates.statementMs;
  // What is not committed waits for no disk.
  const own = commits ? spanOf(value, spread) : { ...NOTHING, highMs: value };
  const spans = parts.map(({ span }) => span);
  const isKnown = unknown === null && !spans.includes(null);
  return {
    lock: mode,
    relation: locks.find((lock) => lock.mode === mode)?.relation ?? null,
    rewrites: work.filter(({ kind }) => kind === "rewrite" || kind === "refresh").map(({ relation }) =>
      relation
    ),
    took: isKnown ? total([own, ...spans as readonly Span[]]) : null,
    why: [
      ...work.length === 0 ? ["changes the catalogue alone"] : parts.map(({ why }) => why),
      ...unknown === null ? [] : [unknown],
    ].join("; "),
  };
}

/** A query's rows that are written into a table, and into its indexes. */
function keptRows(work: readonly Work[], query: QueryFacts, facts: PredictionFacts): WorkTime {
  const into = work.find(({ kind }) => kind === "row changes");
  const indexes = facts.relations.get(into?.relation ?? "")?.indexes.length ?? 0;
  return {
    span: keptTime(query, indexes, facts),
    why: `keeps ${counted(Math.round(query.rows), "row")} of a query that the planner says costs ${
      formatCount(query.cost)
    }`,
  };
}
