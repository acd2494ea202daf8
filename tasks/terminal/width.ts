import process from "node:process";

/** How much room there is to write in. */
export interface Width {
  /** Columns of the whole line: what a table may take. */
  readonly columns: number;
  /** Columns of a sentence: lines longer than some hundred characters are hard to follow to the next one. */
  readonly prose: number;
}

/** Where nobody says how wide it is: a pipe, a file, a log. */
const DEFAULT_COLUMNS = 100;
const PROSE_COLUMNS = 100;
/** In less nothing can be laid out; a terminal breaks the lines then. */
const LEAST_COLUMNS = 30;

/** A stream as far as its width goes. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * The width of what is written to a stream: the terminal's own; elsewhere that of the variable COLUMNS, which is then
 * taken at its word, or 100.
 */
export function widthOf(stream: Output = process.stdout, asked = process.env["COLUMNS"]): Width {
  if (stream.isTTY && (stream.columns ?? 0) > 0) {
    const columns = Math.max(LEAST_COLUMNS, stream.columns!);
    return { columns, prose: Math.min(columns, PROSE_COLUMNS) };
  }
  const given = /^\d{1,5}$/.test(asked ?? "") ? Number(asked) : 0;
  const columns = given > 0 ? Math.max(LEAST_COLUMNS, given) : DEFAULT_COLUMNS;
  return { columns, prose: columns };
}
