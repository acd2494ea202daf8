import { displayWidth, singleLine } from "./safe_text.ts";

/** A column of a plain-text table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Longer cells end with an ellipsis; by default after 80 columns. */
  readonly columns?: number;
}

const CELL_COLUMNS = 80;

/**
 * A table for people: aligned columns, two spaces between, a rule under the header. Cells are made safe for a
 * terminal here.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    columns.map(({ columns = CELL_COLUMNS }, index) => singleLine(row[index] ?? "", columns))
  );
  const widths = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[index]!)))
  );
  const line = (row: readonly string[]) =>
    columns.map(({ align }, index) => {
      const cell = row[index]!;
      const space = " ".repeat(widths[index]! - displayWidth(cell));
      return align === "right" ? `${space}${cell}` : `${cell}${space}`;
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map(({ title }) => title)), rule, ...cells.map(line)].join("\n");
}
