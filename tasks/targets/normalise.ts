import { counted } from "../model/units.ts";
import type { GraphqlShape } from "./workload_graphql.ts";

/** A value as every path must give it, whatever its client and transport make of types. */
export type Canonical =
  | null
  | boolean
  | string
  | Decimal
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/** A number as its shortest decimal digits: `1.50`, `"1.5"` and 1.5 are one value. */
export class Decimal {
  // How it came is no part of what it is.
  readonly #came: Came;

  constructor(readonly digits: string, came: Came) {
    this.#came = came;
  }

  get came(): Came {
    return this.#came;
  }
}

/** As a number, which is a double; as decimal digits; or as this text with an exponent, as PostgreSQL writes no numeric. */
type Came = "float" | "exact" | { readonly text: string };

/** Where two answers part for the first time. */
export interface Difference {
  /** Like `[3].order_details[0].unit_price`; empty for the answer as a whole. */
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}(?::?\d{2})?)?$/;
/** Doubles that were calculated in another order. */
const RELATIVE = 1e-9;
/** Decimal digits that a server gives as a double, and prints to 15 digits or more. */
const DOUBLE = 4 * Number.EPSILON;

/**
 * The answer of SQL: its rows, as a list. A statement with a single JSON column answers with what is in it.
 * @param rows objects by column, as pg or a cache gives them
 */
export function normaliseSql(rows: readonly Readonly<Record<string, unknown>>[]): readonly Canonical[] {
  return rows.flatMap((row) => {
    const values = Object.values(row);
    const [only] = values;
    if (values.length === 1 && typeof only === "object" && only !== null && !(only instanceof Date)) {
      return listOf(canonical(only));
    }
    return [canonical(row)];
  });
}

/**
 * The answer of GraphQL: what its shape names as the result, always as a list (no row where it is null), with
 * connections unwrapped to their nodes and names as in SQL.
 * @param data the response's `data`
 */
export function normaliseGraphql(data: unknown, shape: GraphqlShape): readonly Canonical[] {
  const answer = at(data, shape.result);
  const rows = answer === null || answer === undefined ? [] : Array.isArray(answer) ? answer : [answer];
  const columns = Object.entries(shape.map);
  if (columns.length === 0) return listOf(canonical(rows));
  const replaced = new Set(columns.map(([, path]) => path[0]!));
  return rows.map((row: unknown) => {
    if (typeof row !== "object" || row === null) return canonical(row);
    const kept = Object.entries(row).filter(([key]) => !replaced.has(key));
    const mapped = columns.map(([column, path]) => [column, at(row, path)] as const);
    return canonical(Object.fromEntries([...kept, ...mapped]));
  });
}

/**
 * Any JSON-like value in canonical form: numbers and numeric strings as decimals, times in UTC, keys in
 * snake_case and sorted, `{nodes: […]}` as the list, and what is undefined left out. A text that reads as a number counts
 * as one on every path, so nothing is taken for equal that is not, but for trailing zeros of the text.
 */
export function canonical(value: unknown): Canonical {
  switch (typeof value) {
    case "number":
      return new Decimal(plain(String(value)), "float");
    case "bigint":
      return new Decimal(String(value), "exact");
    case "boolean":
      return value;
    case "string":
      if (!NUMBER.test(value)) return time(value) ?? value;
      return new Decimal(plain(value), /e/i.test(value) ? { text: value } : "exact");
    case "object":
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (value instanceof Date) return time(value.toISOString())!;
  if (Array.isArray(value)) return value.map(canonical);
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === "nodes" && Array.isArray(entries[0]![1])) {
    return canonical(entries[0]![1]);
  }
  return Object.fromEntries(
    entries
      .filter(([key, inner]) => key !== "__typename" && inner !== undefined)
      .map(([key, inner]) => [snakeCase(key), canonical(inner)] as const)
      .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
  );
}

/** The first place where two answers differ, or null where they are equal. */
export function firstDifference(left: Canonical, right: Canonical, path = ""): Difference | null {
  if (left instanceof Decimal && right instanceof Decimal) {
    return sameNumber(left, right) ? null : { path, left: show(left), right: show(right) };
  }
  if (isList(left) && isList(right)) {
    for (let index = 0; index < Math.min(left.length, right.length); index++) {
      const inner = firstDifference(left[index]!, right[index]!, `${path}[${index}]`);
      if (inner) return inner;
    }
    if (left.length === right.length) return null;
    return { path, left: counted(left.length, "row"), right: counted(right.length, "row") };
  }
  if (isObject(left) && isObject(right)) {
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const inner = `${path}${path === "" ? "" : "."}${key}`;
      if (!(key in left) || !(key in right)) {
        return {
          path: inner,
          left: key in left ? show(left[key]!) : "missing",
          right: key in right ? show(right[key]!) : "missing",
        };
      }
      const difference = firstDifference(left[key]!, right[key]!, inner);
      if (difference) return difference;
    }
    return null;
  }
  return left === right ? null : { path, left: show(left), right: show(right) };
}

/**
 * Decimal digits must agree, every one of them. Where one side has become a double it is held against the double
 * nearest to the other's digits; two doubles of more than 15 digits agree within 1e-9 of their size.
 */
function sameNumber(left: Decimal, right: Decimal): boolean {
  const floats = [left, right].filter(({ came }) => came === "float").length;
  // A text such as 1E5 may be an article's number.
  if (floats === 0 && (typeof left.came === "object" || typeof right.came === "object")) {
    return typeof left.came === "object" && typeof right.came === "object" &&
      left.came.text === right.came.text;
  }
  if (left.digits === right.digits) return true;
  const digits = ({ digits }: Decimal) => digits.replace(/\D/g, "").replace(/^0+/, "").length;
  // Those are exact as a double too.
  if (floats === 0 || digits(left) <= 15 && digits(right) <= 15) return false;
  // Two whole numbers are keys or counts, never measurements.
  if (!left.digits.includes(".") && !right.digits.includes(".")) return false;
  const [a, b] = [Number(left.digits), Number(right.digits)];
  return Math.abs(a - b) <= (floats === 2 ? RELATIVE : DOUBLE) * Math.max(Math.abs(a), Math.abs(b));
}

/** Decimal digits without exponent, trailing zeros or minus zero. */
function plain(text: string): string {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined) return text;
  let point = whole.length + Number(exponent);
  let digits = whole + fraction;
  // More places than any number here has: such a text is no measurement, and its zeros would fill the memory.
  if (Math.abs(point) > 400) return text;
  if (point <= 0) [digits, point] = ["0".repeat(1 - point) + digits, 1];
  digits = digits.padEnd(point, "0");
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = digits.slice(point).replace(/0+$/, "");
  const value = right === "" ? left : `${left}.${right}`;
  return value === "0" ? value : `${sign}${value}`;
}

/** A time in UTC with the fraction's trailing zeros cut, or undefined where the text is none. */
function time(text: string): string | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [, day, clock, fraction = "", zone] = match;
  const rest = fraction.replace(/0+$/, "");
  const suffix = rest === "" ? "" : `.${rest}`;
  if (zone === undefined) return `${day}T${clock}${suffix}`;
  const offset = zone === "Z" ? "Z" : zone.slice(0, 3) + ":" + (zone.slice(3).replace(":", "") || "00");
  const utc = new Date(`${day}T${clock}${offset}`);
  return Number.isNaN(utc.getTime()) ? undefined : `${utc.toISOString().slice(0, 19)}${suffix}Z`;
}

function snakeCase(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    // Nothing has no parts: they are null with it. What is not there at all stays so.
    (inner, key) => inner === null ? null : (inner as Record<string, unknown> | undefined)?.[key],
    value,
  );
}

function listOf(value: Canonical): readonly Canonical[] {
  return isList(value) ? value : value === null ? [] : [value];
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}

function isObject(value: Canonical): value is { readonly [key: string]: Canonical } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

function show(value: Canonical): string {
  const text = JSON.stringify(value, (_, inner) => inner instanceof Decimal ? Number(inner.digits) : inner);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
