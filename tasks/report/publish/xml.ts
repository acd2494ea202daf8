import { spelledOut } from "../../model/visible_text.ts";

/** What XML 1.0 has no way to write beside what shows nothing: two that are no characters. */
const FORBIDDEN = /[\ufffe\uffff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  // Not to be forgotten: `]]>` may not stand in text.
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as it may stand in XML 1.0, inside an element or a quoted attribute; what shows nothing is spelt out. */
export function xmlText(text: string): string {
  return spelledOut(text, "\n\t").replace(FORBIDDEN, "\ufffd").replace(
    /[&<>"']/g,
    (character) => ENTITIES[character]!,
  );
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
