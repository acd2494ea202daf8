import { types } from "pg";
import type { Parser } from "./pg_rows.ts";

const asIs: Parser = (text) => text;

const FLOATS = new Set([700, 701]);
/** What pg makes of them loses nothing: booleans, small integers, JSON, points and circles, lists of such. */
const PARSED = new Set([16, 21, 23, 26, 114, 199, 600, 718, 1000, 1005, 1007, 1017, 3802, 3807]);
const FLOAT_LISTS = new Set([1021, 1022]);
/** Lists of what stays text: of bytea, text, bigint, times, numeric, intervals, addresses and the like. */
const LISTS = new Set([
  ...[791, 1001, 1009, 1014, 1015, 1016, 1028, 1041, 1115, 1182, 1183, 1185, 1187, 1231, 1270, 2951],
]);
const listOfTexts = types.getTypeParser(1009 as typeof types.builtins.TEXT, "text") as Parser;

/**
 * What turns the text of a PostgreSQL type into a value that is written back as the same: a number where a double holds
 * it, else the text itself. pg's own parsers lose microseconds, bend dates to the local zone, make doubles of numerics in
 * a list, and objects of intervals and bytes.
 */
export function exactParser(oid: number): Parser {
  if (FLOATS.has(oid)) return float;
  if (PARSED.has(oid)) return types.getTypeParser(oid, "text") as Parser;
  if (FLOAT_LISTS.has(oid)) return (text) => floats(list(text));
  if (LISTS.has(oid)) return list;
  return asIs;
}

/** JSON has neither infinities nor NaN, and a text made of a number no minus zero. */
function float(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) && !Object.is(value, -0) ? value : text;
}

/** One whose first place is not 1 says so, and no list of JavaScript's can. */
const list: Parser = (text) => text.startsWith("[") ? text : listOfTexts(text);

function floats(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(floats);
  return typeof value === "string" && value[0] !== "[" ? float(value) : value;
}
