/**
 * What is no visible character: control characters (C0, DEL, C1), format characters (bidirectional overrides and isolates,
 * zero-width ones, tags), lone surrogates, the separators of lines and paragraphs, and fillers that show nothing.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** No script stacks more marks on a letter. */
const STACKED = /(\p{Mn}{6})\p{Mn}+/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text with everything in it spelt out that is no visible character: nothing of it moves a cursor, turns the direction
 * of writing, hides, or cannot stand in XML.
 * @param kept characters that stay as they are, such as line ends
 */
export function spelledOut(text: string, kept = ""): string {
  return text.replace(UNSEEN, (character) => kept.includes(character) ? character : spelling(character))
    .replace(STACKED, "$1");
}

/** The same with a blank in place of each run of such characters. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(new RegExp(`(?:${UNSEEN.source})+`, "gu"), " ").replace(STACKED, "$1");
}

function spelling(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return NAMED[character] ??
    (code <= 0xff
      ? `\\x${hex.padStart(2, "0")}`
      : code <= 0xffff
      ? `\\u${hex.padStart(4, "0")}`
      : `\\u{${hex}}`);
}
