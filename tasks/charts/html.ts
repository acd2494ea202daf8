import { spelledOut } from "../model/visible_text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What is no visible character in HTML or XML, spelt out; lines and their indentation stay. */
export function visibleHtml(html: string): string {
  return spelledOut(html.replaceAll("\r\n", "\n"), "\n\t");
}

/** Text as it may stand in HTML or XML, inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return visibleHtml(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Keeps a number and its unit on one line: a no-break space between them. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:%|µs|ms|s|min|h|B|KiB|MiB|GiB|TiB|MB|GB)(?![\p{L}\d]))/gu, "$1\u00a0");
}
