const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in HTML, inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Keeps a number and its unit on one line: a no-break space between them. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:%|µs|ms|s|min|h|B|KiB|MiB|GiB|TiB|MB|GB)(?![\p{L}\d]))/gu, "$1\u00a0");
}
