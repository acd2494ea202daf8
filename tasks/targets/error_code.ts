/** Longer than any SQLSTATE, HTTP status or usual GraphQL code; the recorder cuts there too. */
const MOST_CHARACTERS = 64;
const UNPRINTABLE = /[^\x20-\x7e]+/g;

/**
 * What a server calls its error, fit for the column `error`: one short line of printable ASCII.
 * @param value whatever stood where a code should stand
 * @returns null where that is no code: neither a text with something in it nor a number
 */
export function errorCode(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  // Cut first: what is replaced must not be megabytes.
  const text = value.slice(0, 2 * MOST_CHARACTERS).replace(UNPRINTABLE, "?").trim().slice(0, MOST_CHARACTERS);
  return text === "" ? null : text;
}

/** The code of a request that could not be written or judged: an answer so odd, captured or read, made it throw. */
export function thrownCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return errorCode(code) ?? errorCode(name) ?? "Error";
}
