import type { Span } from "../model/prediction.ts";
import type { Work } from "../model/statement_effects.ts";
import { counted, formatBytes, formatCount, listed, significant } from "../model/units.ts";
import {
  type MeasuredQuery,
  type MeasuredWork,
  type PredictionFacts,
  type QueryFacts,
  type RelationFacts,
  workKey,
} from "./facts.ts";
import type { MachineRates, Rate } from "./rates.ts";
import { spanOf, total } from "./span.ts";

/** How long a piece of work takes, and why; null: that cannot be told. */
export interface WorkTime {
  readonly span: Span | null;
  /** A sentence's part. */
  readonly why: string;
}

/** How long a piece of work takes on rows that nobody reads for it. It grows with the relation's rows and bytes alone. */
export function workTime(work: Work, facts: PredictionFacts): WorkTime {
  const { kind, relation } = work;
  if (kind === "maintenance") return { span: spanOf(0, 1), why: `looks after ${relation} beside everybody` };
  if (kind === "wait for transactions") return waiting(facts);
  const its = facts.relations.get(relation);
  if (its === undefined) return { span: null, why: `${VERBS[kind]} ${relation}, whose size is not known` };
  const known = facts.measured.get(workKey({ ...work, relation: its.origin }));
  const { span, why } = known === undefined ? byRates(work, its, facts) : asMeasured(work, its, known);
  if (work.unless === null || span === null) return { span, why };
  return { span: { ...span, lowMs: 0 }, why: `${why}, unless ${work.unless}` };
}

const VERBS: Readonly<Record<Work["kind"], string>> = {
  "rewrite": "writes anew",
  "scan": "reads all rows of",
  "look-up": "looks up all rows of",
  "index build": "indexes",
  "refresh": "works out anew",
  "row changes": "changes rows of",
  "read": "reads",
  "wait for transactions": "waits for transactions beside",
  "maintenance": "looks after",
};

function waiting({ oldestTransactionS }: PredictionFacts): WorkTime {
  if (oldestTransactionS === null) {
    return { span: spanOf(0, 1), why: "waits for transactions that are open by then; none is now" };
  }
  return {
    span: null,
    why: `waits for transactions; the oldest has been open for ${significant(oldestTransactionS, 2)} s`,
  };
}

/** By what the same work took on a likeness of the relation. */
function asMeasured(
  work: Work,
  its: RelationFacts,
  { fixedMs, usPerRow, sorted, rows }: MeasuredWork,
): WorkTime {
  const growth = 1 + sorted * (sorting(its.rows, rows) - 1);
  return {
    span: spanOf(fixedMs + rowsMs(usPerRow, its.rows) * growth, usPerRow.spread),
    why: `${VERBS[work.kind]} ${sizeText(work, its)}, ${significant(usPerRow.value, 2)} µs a row on ${
      formatCount(rows)
    } rows of its kind`,
  };
}

/** Sorting takes n log n. */
function sorting(rows: number, measured: number): number {
  return Math.max(1, Math.log2(Math.max(2, rows)) / Math.log2(Math.max(2, measured)));
}

function byRates(work: Work, its: RelationFacts, facts: PredictionFacts): WorkTime {
  const { rates } = facts;
  const per = (rate: Rate, n: number) => spanOf(rowsMs(rate, n), rate.spread);
  const indexes = (rate: Rate) => its.indexes.map(() => per(rate, its.rows));
  const why = `${VERBS[work.kind]} ${sizeText(work, its)}`;
  switch (work.kind) {
    case "rewrite":
      return {
        span: total([per(rates.rewriteUsPerKiB, its.bytes / 1024), ...indexes(rates.indexUsPerRow)]),
        why,
      };
    case "scan":
      return { span: per(rates.scanUsPerRow, its.rows), why };
    case "look-up":
      return { span: per(rates.lookUpUsPerRow, its.rows), why };
    case "index build":
      return { span: per(rates.indexUsPerRow, its.rows), why };
    case "row changes":
      // A condition says which ones: that is not told by sizes, and may be all.
      return work.allRows === true
        ? { span: total([per(rates.changeUsPerRow, its.rows), ...indexes(rates.entryUsPerRow)]), why }
        : { span: null, why: `${why}; how many is not known` };
    case "refresh":
      return its.query === null
        ? { span: null, why: `${why}; what its query costs is not known` }
        : { span: keptTime(its.query, its.indexes.length, facts), why };
    default:
      return { span: per(rates.scanUsPerRow, its.rows), why };
  }
}

/** Of each row that is written beside its values, bytes. */
const ROW_HEADER = 28;

/** The time of a query whose rows are kept in a table, and in so many indexes of it. */
export function keptTime(query: QueryFacts, indexes: number, { rates, queries }: PredictionFacts): Span {
  const { msPerCost, writeUsPerKiB } = { ...rates, ...measuredOf(queries.get(query.text)) };
  const kib = query.rows * (query.width + ROW_HEADER) / 1024;
  const entryUsPerRow = query.partitions === null ? rates.indexUsPerRow : rates.entryUsPerRow;
  const entries = rowsMs(entryUsPerRow, query.rows) * indexes;
  return total([
    spanOf(query.cost * msPerCost.value, msPerCost.spread),
    spanOf(rowsMs(writeUsPerKiB, kib), writeUsPerKiB.spread),
    spanOf(entries, entryUsPerRow.spread),
  ]);
}

function measuredOf(query: MeasuredQuery | undefined): Partial<MachineRates> {
  if (query === undefined) return {};
  const { msPerCost, writeUsPerKiB } = query;
  return writeUsPerKiB === null ? { msPerCost } : { msPerCost, writeUsPerKiB };
}

function rowsMs({ value }: Rate, n: number): number {
  return value * n / 1000;
}

function sizeText({ kind, into, columns }: Work, { relation, rows, bytes, indexes }: RelationFacts): string {
  const size = `${formatCount(rows)} rows, ${formatBytes(bytes)}`;
  switch (kind) {
    case "rewrite":
    case "row changes":
      return `${relation} (${size}${
        indexes.length === 0 ? "" : `, ${counted(indexes.length, "index", "indexes")}`
      })`;
    case "look-up":
      return `${relation} (${size}) in ${into ?? "the table that is referred to"}`;
    case "index build":
      return `${relation} (${size})${columns.length === 0 ? "" : ` by ${listed(columns)}`}`;
    default:
      return `${relation} (${size})`;
  }
}
