import type { Work } from "../model/statement_effects.ts";
import type { RelationFacts } from "./facts.ts";
import type { ColumnFacts } from "./likeness.ts";

/** Of a likeness; a smaller table's has as many rows as that. */
const BYTES = 13 * 2 ** 20;
const MOST_ROWS = 250_000;
const LEAST_ROWS = 2000;
/** Of one whose rows are changed: that takes many times as long as anything else. */
const MOST_CHANGED = 40_000;

/** Rows of a likeness. @param work that is done to it */
export function likenessRows({ rows, bytes }: RelationFacts, work: readonly Work[]): number {
  const most = work.some(({ kind }) => kind === "row changes") ? MOST_CHANGED : MOST_ROWS;
  const fitting = BYTES / Math.max(1, bytes / Math.max(1, rows));
  return Math.round(Math.min(Math.max(1, rows), most, Math.max(LEAST_ROWS, fitting)));
}

/** As SQL writes it; undefined: there is none of that name, or it is an expression. */
function columnCalled(name: string, known: readonly ColumnFacts[]): string | undefined {
  return known.find((each) => each.name === name || each.name === `"${name.replaceAll('"', '""')}"`)?.name;
}

/** The same work on a likeness; null where it cannot be done there. */
export function statementFor(
  { kind, columns, including = [] }: Work,
  table: string,
  known: readonly ColumnFacts[],
): string | null {
  switch (kind) {
    case "index build": {
      const names = [columns, including].map((some) => some.map((name) => columnCalled(name, known)));
      if (columns.length === 0 || names.flat().includes(undefined)) return null;
      return `CREATE INDEX ON ${table} (${names[0]!.join(", ")})` +
        (including.length === 0 ? "" : ` INCLUDE (${names[1]!.join(", ")})`);
    }
    case "scan":
      return `ALTER TABLE ${table} ADD CHECK (${known[0]!.name} IS NOT NULL OR tableoid IS NOT NULL)`;
    case "rewrite":
      return `ALTER TABLE ${table} ADD COLUMN benchbook_${
        crypto.randomUUID().slice(0, 8)
      } timestamptz NOT NULL DEFAULT clock_timestamp()`;
    case "row changes": {
      const { name } = known.at(-1)!;
      return `UPDATE ${table} SET ${name} = ${name}`;
    }
    default:
      return null;
  }
}
