/** What XML 1.0 has no way to write: control characters, halves of surrogate pairs, and two that are none. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  // Not to be forgotten: `]]>` may not stand in text.
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as it may stand in XML 1.0, inside an element or a quoted attribute; what it forbids becomes U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** An element on a line of its own. @param content markup, or text that `xmlText` made safe */
export function element(
  name: string,
  content: string,
  attributes: Readonly<Record<string, string>> = {},
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(value)}"`).join("");
  return `<${name}${written}>${content}</${name}>`;
}
