import type { Value } from "./target.ts";

/** A value as the text of a parameter; the server infers its type from the statement. */
export function parameterText(value: Value | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return String(value);
  // What is captured from an earlier answer may be an object: JSON, as PostgreSQL takes it.
  return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value);
}

/** `{1,"a \"b\""}`: texts are always quoted, so that no element is taken for NULL, a brace or a comma. */
function arrayLiteral(values: readonly (Value | null | undefined)[]): string {
  let literal = "{";
  for (const value of values) {
    if (literal.length > 1) literal += ",";
    if (value === null || value === undefined) literal += "NULL";
    else if (typeof value === "object") literal += arrayLiteral(value);
    else literal += typeof value === "number" ? value : `"${String(value).replace(/[\\"]/g, "\\$&")}"`;
  }
  return `${literal}}`;
}
