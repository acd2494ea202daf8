import { numbers, words } from "../../charts/figure.ts";
import type { CheckedPrediction, CheckedStatement } from "../../model/prediction.ts";
import { capital, measuredMs } from "../../model/units.ts";
import { outcomeText, spanText, stallText } from "../../summary/migration/predicted.ts";
import { plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

interface PredictionView {
  /** The stall, and where the rates come from. */
  readonly sentences: readonly string[];
  readonly table: ReportTable | null;
  /** Why each takes so long. */
  readonly whys: readonly { readonly statement: string; readonly why: string }[];
}

/** What was expected before the change was made, beside what came of it. */
export const PREDICTION: Section<PredictionView> = {
  of: "migrate",
  title: "Prediction beside measurement",
  figures: [],
  template: "sections/migration_prediction",
  view({ summary: { migration } }) {
    // A summary that an older version has stored has none.
    const predicted = migration?.predicted ?? null;
    if (predicted === null) return null;
    return {
      sentences: [stallText(predicted), predicted.rates],
      table: checkedTable(predicted),
      whys: predicted.statements.map(({ step, statement, why }) => ({
        statement: `${step}.${statement}`,
        why: `${capital(why)}.`,
      })),
    };
  },
};

function checkedTable({ statements }: CheckedPrediction): ReportTable | null {
  if (statements.length === 0) return null;
  return {
    id: "table-prediction",
    caption: "What was predicted of each statement without running it, and what was measured",
    columns: [
      ...words("Statement", "Lock predicted", "Lock seen", "Anew predicted", "Anew seen"),
      ...numbers("Time predicted", "Measured"),
      ...words("Outcome"),
    ],
    groups: statements.map((each) => ({
      name: `${each.step}.${each.statement}`,
      span: 1,
      rows: [{ name: null, cells: cells(each).map(plain) }],
    })),
    note:
      "Statement: 2.1 is the first of step 2. Anew: tables that it writes anew. Time: from when a statement has its locks to its end, with the range that it hardly leaves. As predicted: the same " +
      "lock, as far as one was seen, the same relations written anew, and a time within its range, or off by 25 % of what was measured or 50 ms at most.",
  };
}

function cells({ lock, lockSeen, rewrites, rewritten, took, tookMs, outcome }: CheckedStatement): string[] {
  const names = (relations: readonly string[]) => relations.length === 0 ? "—" : relations.join(", ");
  return [
    lock ?? "none",
    lockSeen ?? "—",
    names(rewrites),
    names(rewritten),
    spanText(took),
    measuredMs(tookMs),
    // The sign stays beside its word.
    outcomeText(outcome).replace(" ", "\u00a0"),
  ];
}
