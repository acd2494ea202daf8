import { formatCount, significant } from "../model/units.ts";
import { escapeHtml } from "./html.ts";
import { NOTEBOOK_STYLE, TABLE_ROWS } from "./figure.ts";

/** Digits of a number that is no whole one. */
const DIGITS = 4;

/**
 * Rows that show themselves as a table in Jupyter when they are the last value of a cell: what a kernel prints of them by
 * itself fills pages. They stay what they are, and a cell may go on with them.
 * @param rows alike in their columns; those of the first one count
 */
export function rowsTable<Row extends object>(rows: readonly Row[]): readonly Row[] {
  const shown = rows.slice(0, TABLE_ROWS);
  const names = Object.keys(shown[0] ?? {}) as (keyof Row & string)[];
  const isNumeric = (name: keyof Row) => {
    const values = shown.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    return values.length > 0 && values.every((value) => ["number", "bigint"].includes(typeof value));
  };
  const numeric = names.map((name) => isNumeric(name) ? ` class="num"` : "");
  const line = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text, at) => `<${tag}${numeric[at]}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const cut = rows.length > shown.length
    ? `<p>The first ${formatCount(shown.length)} of ${formatCount(rows.length)} rows.</p>`
    : "";
  const html = rows.length === 0
    ? "<p>There are no rows.</p>"
    : `<div class="bb-figure"><table><thead>${line("th", names)}</thead><tbody>${
      shown.map((row) => line("td", names.map((name) => cellText(row[name])))).join("")
    }</tbody></table>${cut}</div>`;
  const text = [names.join("\t"), ...shown.map((row) => names.map((name) => cellText(row[name])).join("\t"))];
  const display = () => ({
    "text/html": NOTEBOOK_STYLE + html,
    "text/plain": rows.length === 0 ? "There are no rows." : text.join("\n"),
  });
  return Object.defineProperty([...rows], Symbol.for("Jupyter.display"), { value: display });
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "bigint") return formatCount(Number(value));
  if (typeof value === "number") {
    return Number.isInteger(value) ? formatCount(value) : significant(value, DIGITS);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
