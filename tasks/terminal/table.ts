/** A column of a plain-text table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/** A table for people: aligned columns, two spaces between, a rule under the header. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    columns.map((column, index) => {
      const cell = cells[index] ?? "";
      return column.align === "right" ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map((column) => column.title)), rule, ...rows.map(line)].join("\n");
}
