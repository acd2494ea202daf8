import { displayWidth } from "./safe_text.ts";
import { type Width, widthOf } from "./width.ts";

/** Spaces, then a sign or a verdict and a space, if there is one: what follows is set under what stands behind it. */
const HANG = /^ *(?:(?:[•·!→✓✗✔✖–-]|…|[A-Z]{4,}:|error:) +)?/;

/** A line set in columns, such as a table's, is none of prose. */
const IN_COLUMNS = /\S {2,}\S/;

/** What may be copied is not broken, however long it is: a terminal that breaks it itself still copies it whole. */
const COPIED = /[/\\=]/;

/**
 * Breaks the lines of a text that are longer than the terminal between words; what follows is indented as far as the
 * text behind the line's bullet. Lines set in columns may take the whole width, sentences that of prose.
 */
export function wrapText(text: string, width: Width = widthOf()): string {
  return text.split("\n").map((line) => {
    const columns = IN_COLUMNS.test(line.trimStart().replace(HANG, "")) ? width.columns : width.prose;
    if (displayWidth(line) <= columns) return line;
    const lead = HANG.exec(line)![0];
    return hang(lead, line.slice(lead.length), columns);
  }).join("\n");
}

const LEAST_ROOM = 12;

/** A text behind a lead such as a bullet or a name, its later lines set under its first. */
export function hang(lead: string, text: string, columns: number): string {
  const indent = displayWidth(lead);
  const room = columns - indent;
  // Behind a long name there is no room left to write in.
  if (room < LEAST_ROOM && indent > 2) {
    return [...broken(lead.trimEnd(), columns), hang("  ", text, columns)].join("\n");
  }
  const lines = text.split("\n").flatMap((line) => broken(line, room));
  return lines.map((line, index) =>
    line === "" && index > 0 ? "" : `${index === 0 ? lead : " ".repeat(indent)}${line}`
  )
    .join("\n");
}

function broken(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(/(?<=\S)(?= )/)) {
    if (displayWidth(line) + displayWidth(part) <= columns) {
      line += part;
      continue;
    }
    if (line !== "") lines.push(line);
    line = part.trimStart();
    while (displayWidth(line) > columns && !COPIED.test(line)) {
      const head = firstColumns(line, columns);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

function firstColumns(text: string, columns: number): string {
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += displayWidth(character);
    // At least one, or there would be no end.
    if (width > columns && kept !== "") break;
    kept += character;
  }
  return kept;
}
