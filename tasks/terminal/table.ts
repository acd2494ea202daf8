import { displayWidth, singleLine } from "./safe_text.ts";
import { widthOf } from "./width.ts";
import { hang } from "./wrap.ts";

/** A column of a plain-text table. */
export interface TextColumn {
  readonly title: string;
  readonly align: "left" | "right";
  /** Longer cells end with an ellipsis; by default after 80 columns. */
  readonly columns?: number;
  /** To so many columns a cell is cut before another column is left out; by default 20 of a column of words. */
  readonly least?: number;
  /** To so many where all columns that can be spared are gone; by default as `least`. */
  readonly last?: number;
  /** Left out where the table is wider than the terminal, lower numbers first; by default it stays. */
  readonly drop?: number;
  /** The first column only: where room is short its cells become lines above their rows. */
  readonly heads?: boolean;
}

const CELL_COLUMNS = 80;
const LEAST_COLUMNS = 20;
const GAP = "  ";

/**
 * A table for people: aligned columns, two spaces between, a rule under the header. Cells are made safe for a
 * terminal here.
 *
 * No line is longer than `width`. Where the table would be, the first column becomes headings, then columns that can
 * be spared are left out, which is said below; if even that is too wide each row becomes a paragraph.
 */
export function formatTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width = widthOf().columns,
): string {
  const cells = rows.map((row) =>
    columns.map(({ columns = CELL_COLUMNS }, index) => singleLine(row[index] ?? "", columns))
  );
  const all: Field[] = columns.map((column, index) => {
    const natural = Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index]!)));
    const floor = (columns: number) => Math.min(natural, Math.max(columns, displayWidth(column.title)));
    const least = column.least ?? (column.align === "left" ? LEAST_COLUMNS : natural);
    return { ...column, index, natural, least: floor(least), last: floor(column.last ?? least) };
  });
  if (total(all, "natural") <= width) return drawn(all, cells, width, []);
  const heads = all[0]?.heads === true && all.length > 1 ? all[0] : null;
  const grouped = heads === null ? all : all.slice(1);
  const spare = grouped.filter(({ drop }) => drop !== undefined).sort((a, b) => a.drop! - b.drop!);
  const without = (gone: readonly Field[]) => grouped.filter((field) => !gone.includes(field));
  const fits = (fields: readonly Field[]) =>
    total(fields, "least") + (heads === null ? 0 : GAP.length) <= width;
  for (let left = 0; left <= spare.length; left++) {
    const gone = spare.slice(0, left);
    if (fits(without(gone))) return drawn(without(gone), cells, width, gone, heads);
  }
  const kept = without(spare).map((field) => ({ ...field, least: field.last }));
  if (fits(kept)) return drawn(kept, cells, width, spare, heads);
  let head = "";
  return cells.map((row) => {
    head = row[0] || head;
    return stacked(all, heads === null ? row : [head, ...row.slice(1)], width);
  }).join("\n\n");
}

interface Field extends TextColumn {
  readonly index: number;
  /** Columns of its widest cell or its title. */
  readonly natural: number;
  readonly least: number;
  readonly last: number;
}

function total(fields: readonly Field[], size: "natural" | "least"): number {
  return fields.reduce((sum, field) => sum + field[size], 0) + GAP.length * (fields.length - 1);
}

function drawn(
  fields: readonly Field[],
  cells: readonly (readonly string[])[],
  width: number,
  gone: readonly Field[],
  heads: Field | null = null,
): string {
  const indent = heads === null ? "" : GAP;
  const widths = fitted(fields, width - indent.length);
  const line = (row: readonly string[]) =>
    indent + fields.map(({ align, index }, place) => {
      const cell = singleLine(row[index]!, widths[place]!);
      const space = " ".repeat(Math.max(0, widths[place]! - displayWidth(cell)));
      return align === "right" ? `${space}${cell}` : `${cell}${space}`;
    }).join(GAP).trimEnd();
  const titles: string[] = [];
  for (const { index, title } of fields) titles[index] = title;
  const body = cells.flatMap((row, place) => {
    const head = row[0]!;
    const begins = heads !== null && head !== "" && head !== cells[place - 1]?.[0];
    return begins ? [singleLine(head, width), line(row)] : [line(row)];
  });
  const rule = indent + widths.map((columns) => "─".repeat(columns)).join(GAP);
  const named = gone.map(({ title }) => title).filter((title) => title !== "");
  const note = named.length === 0
    ? []
    : [hang("", `(columns left out to fit the width: ${named.join(", ")})`, width)];
  const above = heads === null || heads.title === "" ? [] : [singleLine(heads.title, width)];
  return [...above, line(titles), rule, ...body, ...note].join("\n");
}

/** Widths that fit: the widest column that may be cut gives way first. */
function fitted(fields: readonly Field[], width: number): number[] {
  const widths = fields.map(({ natural }) => natural);
  for (let over = total(fields, "natural") - width; over > 0; over--) {
    const widest = widths.reduce(
      (found, columns, place) =>
        columns > fields[place]!.least && (found === -1 || columns > widths[found]!) ? place : found,
      -1,
    );
    if (widest === -1) break;
    widths[widest]!--;
  }
  return widths;
}

/** A row as a paragraph: a line for each cell, under its column's title. */
function stacked(fields: readonly Field[], row: readonly string[], width: number): string {
  const longest = Math.max(...fields.map(({ title }) => displayWidth(title)));
  return fields.flatMap(({ title, index }) => {
    const cell = row[index]!;
    if (cell === "") return [];
    const lead = title === "" ? "" : `${title}${" ".repeat(longest - displayWidth(title))}${GAP}`;
    return [hang(lead, cell, width)];
  }).join("\n");
}
