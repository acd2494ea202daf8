import type { Summary } from "../model/summary.ts";
import { counted, formatCount } from "../model/units.ts";
import { singleLine } from "./safe_text.ts";

/** So many operations are told of, and of each so many changes: the report has them all. */
const MOST = 3;
/** Of a change: names of tables and indexes may be as long as PostgreSQL lets them. */
const CHANGE_COLUMNS = 200;

/** What became of the plans: a sentence for each candidate whose plans are known, or nothing. */
export function planText(operations: readonly Summary[]): string {
  const known = operations.flatMap(({ arm, operation, planChanges }) =>
    operation === null || planChanges === undefined ? [] : [{ arm, operation, changes: planChanges }]
  );
  const arms = [...new Set(known.map(({ arm }) => arm))];
  return arms.map((arm) => {
    const own = known.filter((row) => row.arm === arm);
    return `Plans${arms.length === 1 ? "" : ` of ${singleLine(arm)}`}: ${plansSentence(own)}`;
  }).join("\n");
}

/** `country-orders changed (Seq Scan on a → Index Scan using b on a); 4 others are the same.` @param own one at least */
export function plansSentence(
  own: readonly { readonly operation: string; readonly changes: readonly string[] }[],
): string {
  const changed = own.filter(({ changes }) => changes.length > 0);
  const same = own.length - changed.length;
  if (changed.length === 0) {
    return same === 1 ? "that of the one operation is the same." : `all ${formatCount(same)} are the same.`;
  }
  const shown = changed.slice(0, MOST).map(({ operation, changes: [first, ...others] }) => {
    const rest = others.length === 0 ? "" : `, and ${counted(others.length, "more change")}`;
    return `${singleLine(operation)} changed (${singleLine(first!, CHANGE_COLUMNS)}${rest})`;
  });
  const hidden = changed.length - shown.length;
  return [
    ...shown,
    ...hidden === 0 ? [] : [`${counted(hidden, "other")} changed too`],
    ...same === 0 ? [] : [same === 1 ? "1 other is the same" : `${formatCount(same)} others are the same`],
  ].join("; ") + ".";
}
