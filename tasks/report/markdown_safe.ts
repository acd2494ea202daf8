import { withoutUnseen } from "../model/visible_text.ts";

/**
 * Text from outside (SQL, names, messages of servers) made safe for Markdown as GitHub and GitLab read it: it makes no
 * markup, names nobody, refers to no issue, and stays on its line.
 */

/** Breaks what would be found in the text that is shown, where a backslash does not help. */
const BREAK = "<!-- -->";

/** Text within a sentence, a list or a cell of a table; at most so many characters, with an ellipsis where it was longer. */
export function markdownText(text: string, most = 400): string {
  return clipped(text, most)
    .replace(/[\\`*_{}[\]|~$]/g, "\\$&")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/[@#](?=\w)|\bGH-(?=\d)/gi, `$&${BREAK}`)
    .replace(/:(?=\/\/)/g, `:${BREAK}`).replace(/www(?=\.)/gi, `$&${BREAK}`)
    // A list or a heading at the beginning.
    .replace(/^[-+=#!]/, "\\$&").replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/** Sentences as one text, as many whole ones as there is room for: the first always, cut where it alone is longer. */
export function markdownSentences(sentences: readonly string[], most = 800): string {
  const shown: string[] = [];
  for (const sentence of sentences.flatMap(sentencesOf)) {
    if (shown.length > 0 && [...shown, sentence].join(" ").length > most) break;
    shown.push(sentence);
  }
  return markdownText(shown.join(" "), most);
}

/** A point ends a sentence where white space and a capital letter or a digit follow. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+(?=[A-Z0-9])/);
}

/** The same as code. @param cell whether it stands in a table, whose cells a bar would end */
export function markdownCode(text: string, { most = 200, cell = false } = {}): string {
  const plain = clipped(text, most);
  if (plain === "") return "";
  // A bar behind a backslash cannot be told from one that is escaped.
  if (cell && plain.includes("\\|")) return `<code>${markdownText(plain, most)}</code>`;
  const fence = fenceOf(plain, 1);
  const space = /^`|`$/.test(plain) ? " " : "";
  return `${fence}${space}${cell ? plain.replaceAll("|", "\\|") : plain}${space}${fence}`;
}

/** Lines of code, each of one line. */
export function markdownBlock(lines: readonly string[], language: string, most = 400): string[] {
  const plain = lines.map((line) => clipped(line, most));
  const fence = fenceOf(plain.join("\n"), 3);
  return [`${fence}${language}`, ...plain, fence];
}

/** More backticks than stand anywhere in it. */
function fenceOf(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(Math.max(least, longest + 1));
}

function clipped(text: string, most: number): string {
  // What is cut off is not worth a look: a text may be as long as a server likes.
  // A comment cannot begin in it: code shows one, and yet whoever looks for a mark in the file's text would find it.
  const plain = withoutUnseen(text.slice(0, 8 * most)).replaceAll("<!--", "<! --").trim();
  const characters = [...plain];
  return characters.length <= most ? plain : `${characters.slice(0, most - 1).join("")}…`;
}
