/**
 * Text from outside (labels, names, messages of servers, paths) made safe and short for a terminal, as the templates
 * do for HTML. Whatever is printed for people goes through `printable`, whatever stands inside a sentence or a table
 * through `singleLine`: no text moves the cursor, sets a title or a colour, forges a line, turns the direction of
 * writing, hides, or is a command to the runner of a CI job.
 */
import { spelledOut } from "../model/visible_text.ts";

/** What a runner of GitHub's obeys that stands in a log; elsewhere nobody writes so. */
const LOG_COMMANDS =
  /::(?=(?:error|warning|notice|debug|group|endgroup|echo|add-mask|add-path|stop-commands|set-output|set-env|save-state|(?:add|remove)-matcher)\b[^:]*::)|##\[/gi;

const NO_WIDTH = /^[\p{Mn}\p{Me}]$/u;

/** Characters of two columns: East Asian wide and fullwidth, and emoji. */
const WIDE = new RegExp(
  "^(?:[\\p{Emoji_Presentation}\\u1100-\\u115e\\u2329\\u232a\\u2630-\\u2637\\u268a-\\u268f\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\ua4cf" +
    "\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6" +
    "\\u{16fe0}-\\u{18cff}\\u{1aff0}-\\u{1b2fb}\\u{20000}-\\u{3fffd}])$",
  "u",
);

/** Longest line of a message, in columns. */
const LINE_COLUMNS = 2000;
/** How much of a name or a message stands inside a sentence, in columns. */
const PHRASE_COLUMNS = 120;
const PARAGRAPH_LINES = 16;
const PARAGRAPH_COLUMNS = 600;

/** Text of one or more lines: line ends stay, everything else that is no visible character is spelt out. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map((line) => clip(escape(line), LINE_COLUMNS)).join("\n");
}

/** Text within a sentence or a cell: one line, at most so many columns, with an ellipsis where it was longer. */
export function singleLine(text: string, columns = PHRASE_COLUMNS): string {
  // What is cut off is not worth escaping: a text may be as long as a server likes.
  return clip(escape(text.slice(0, 8 * columns)), columns);
}

/**
 * A sentence or more under each other, such as an error with the end of a log: its later lines are indented, so that
 * none passes for one of ours, and of many only the first are shown.
 */
export function paragraph(text: string, indent: string): string {
  const lines = text.trimEnd().split(/\r?\n/);
  const shown = lines.slice(0, PARAGRAPH_LINES).map((line) => singleLine(line, PARAGRAPH_COLUMNS));
  if (lines.length > PARAGRAPH_LINES) shown.push("…");
  return shown.join(`\n${indent}`);
}

/** Columns that a text without control characters takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Whether a text is shown as it is: one line of visible characters. */
export function isPrintable(text: string): boolean {
  return escape(text) === text;
}

function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  return NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

function escape(text: string): string {
  return spelledOut(text).replace(LOG_COMMANDS, (mark) => mark === "::" ? ":\\x3a" : "#\\x23[");
}

function clip(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
}
