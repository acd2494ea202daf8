import { formatDecimal, parseDecimal } from "./custom_decimal.ts";

/** No sensible value is nested deeper, and one that contains itself would be for ever. */
const MAX_DEPTH = 100;
const encoder = new TextEncoder();

/** What stands between parts, how an object's keys follow one another, and how a number looks. */
interface Style {
  readonly comma: string;
  readonly colon: string;
  keys(names: string[]): string[];
  number(value: number): string;
}

const compact: Style = {
  comma: ",",
  colon: ":",
  keys: (names) => names,
  number: (value) => JSON.stringify(value),
};

/** As jsonb is printed: keys by length, then by bytes; numbers as numeric, which knows no exponent. */
const canonical: Style = {
  comma: ", ",
  colon: ": ",
  keys: (names) =>
    names.map((name) => ({ name, bytes: encoder.encode(name) })).sort((a, b) => compare(a.bytes, b.bytes))
      .map(({ name }) => name),
  number: (value) => formatDecimal(parseDecimal(String(value))!),
};

/**
 * A plain JSON value as a json column keeps its text, or as a jsonb column prints it.
 * @returns undefined where it is not one: undefined or a function in it, NaN, an object of a class, a text with NUL
 * or half a surrogate pair, nested deeper than 100
 */
export function jsonText(value: unknown, type: "json" | "jsonb"): string | undefined {
  return print(value, type === "json" ? compact : canonical, MAX_DEPTH);
}

function print(value: unknown, style: Style, depth: number): string | undefined {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      return Number.isFinite(value) ? style.number(value) : undefined;
    case "string":
      return isText(value) ? JSON.stringify(value) : undefined;
    case "object":
      if (value === null) return "null";
      return depth === 0 ? undefined : container(value, style, depth - 1);
    default:
      return undefined;
  }
}

function container(value: object, style: Style, depth: number): string | undefined {
  const parts: string[] = [];
  if (Array.isArray(value)) {
    // Not `map`: it would pass over the holes.
    for (const item of value) {
      const text = print(item, style, depth);
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return `[${parts.join(style.comma)}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  for (const key of style.keys(Object.keys(value))) {
    const text = print((value as Record<string, unknown>)[key], style, depth);
    if (text === undefined || !isText(key)) return undefined;
    parts.push(JSON.stringify(key) + style.colon + text);
  }
  return `{${parts.join(style.comma)}}`;
}

/** Whether PostgreSQL can store the text. */
export function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

function compare(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
