import { type Decimal, formatDecimal, parseDecimal, roundDecimal } from "./custom_decimal.ts";
import { doubleText, realText } from "./custom_float.ts";
import { isText, jsonText } from "./custom_json.ts";
import { dayText, momentText } from "./custom_time.ts";

/** How what a generator yields becomes a column's text. */
export interface Conversion {
  /** What must be yielded, in words. */
  readonly wanted: string;
  /** The value as PostgreSQL would print it, before COPY's escapes; undefined where it is not what is wanted. */
  text(value: unknown): string | undefined;
}

/**
 * The conversion for a type, as `format_type` writes it; undefined for types that cannot be generated.
 *
 * What PostgreSQL prints for a value is accepted too wherever a text is, so that a generator may give back the
 * value that it was given. In json and jsonb columns a text is a JSON string.
 */
export function conversionTo(type: string): Conversion | undefined {
  const [, name, first, second, zone] = /^([a-z ]*?)(?:\((\d+)(?:,(-?\d+))?\))?( with(?:out)? time zone)?$/
    .exec(type) ?? [];
  switch (`${name}${zone ?? ""}`) {
    case "smallint":
      return whole(16n);
    case "integer":
      return whole(32n);
    case "bigint":
      return whole(64n);
    case "numeric":
      return first === undefined ? anyDecimal : decimal(Number(first), Number(second ?? 0));
    case "real":
      return { wanted: "a finite number that a real can hold", text: (value) => floating(value, realText) };
    case "double precision":
      return { wanted: "a finite number", text: (value) => floating(value, doubleText) };
    case "boolean":
      return { wanted: "true or false", text: boolean };
    case "date":
      return { wanted: "a day from 0001 to 9999, as text YYYY-MM-DD or as a Date", text: dayText };
    case "timestamp without time zone":
      return moment(Number(first ?? 6), "");
    case "timestamp with time zone":
      return moment(Number(first ?? 6), "+00");
    case "text":
    case "bpchar":
      return text(Infinity);
    case "character varying":
      return text(Number(first ?? Infinity));
    case "character":
      return padded(Number(first ?? 1));
    case "json":
      return { wanted: JSON_WANTED, text: (value) => jsonText(value, "json") };
    case "jsonb":
      return { wanted: JSON_WANTED, text: (value) => jsonText(value, "jsonb") };
    case "uuid":
      return { wanted: "a UUID as text, such as 0190b3e6-1c2d-7f00-8000-0123456789ab", text: uuid };
    default:
      return undefined;
  }
}

/** The types that `conversionTo` knows, for messages. */
export const GENERATED_TYPES =
  "smallint, integer, bigint, numeric, real, double precision, boolean, date, timestamp, timestamptz, text, varchar, " +
  "char, json, jsonb and uuid";

const JSON_WANTED =
  "a plain JSON value (no undefined, NaN, function, class or NUL in it, nested at most 100 deep)";

function whole(bits: bigint): Conversion {
  const end = 2n ** (bits - 1n);
  return {
    wanted: `a whole number from ${-end} to ${end - 1n}` +
      (bits === 64n ? ", beyond 2^53 as a bigint or as text" : ""),
    text(value) {
      const number = typeof value === "bigint"
        ? value
        : typeof value === "number"
        ? Number.isSafeInteger(value) ? BigInt(value) : undefined
        : typeof value === "string" && /^[+-]?\d{1,20}$/.test(value)
        ? BigInt(value.replace("+", ""))
        : undefined;
      return number !== undefined && number >= -end && number < end ? number.toString() : undefined;
    },
  };
}

const anyDecimal: Conversion = {
  wanted: "a finite number, a bigint or a decimal text",
  text(value) {
    const number = toDecimal(value);
    return number && formatDecimal(number);
  },
};

function decimal(precision: number, scale: number): Conversion {
  const end = 10n ** BigInt(precision);
  const [sign, power] = scale > precision ? ["-", scale - precision] : ["", precision - scale];
  return {
    wanted:
      `a finite number, a bigint or a decimal text, in size less than 10^${sign}${power} when rounded to ` +
      `${scale} digits after the point`,
    text(value) {
      const number = toDecimal(value);
      const unscaled = number && roundDecimal(number, scale);
      if (unscaled === undefined || unscaled >= end || unscaled <= -end) return undefined;
      return scale >= 0
        ? formatDecimal({ unscaled, scale })
        : formatDecimal({ unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 });
    },
  };
}

/** A number counts as the digits that JavaScript prints for it: 1.005 is 1.005 and not a little less. */
function toDecimal(value: unknown): Decimal | undefined {
  switch (typeof value) {
    case "bigint":
      return { unscaled: value, scale: 0 };
    case "number":
      return parseDecimal(String(value));
    case "string":
      return parseDecimal(value);
    default:
      return undefined;
  }
}

function floating(value: unknown, print: (value: number) => string | undefined): string | undefined {
  const number = typeof value === "string" && parseDecimal(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? print(number) : undefined;
}

function boolean(value: unknown): string | undefined {
  if (typeof value === "boolean") return value ? "t" : "f";
  return value === "t" || value === "f" ? value : undefined;
}

function moment(digits: number, zone: string): Conversion {
  return {
    wanted: "a time in the years 0001 to 9999, as a Date or as text like 2025-03-01T07:05:09.25Z",
    text(value) {
      const moment = momentText(value, digits);
      return moment && moment + zone;
    },
  };
}

function text(most: number): Conversion {
  return {
    wanted: most === Infinity ? "text without NUL" : `text of at most ${most} characters, without NUL`,
    text: (value) => typeof value === "string" && isText(value) && !longer(value, most) ? value : undefined,
  };
}

/** Text of a fixed length, which PostgreSQL fills up with blanks. */
function padded(length: number): Conversion {
  const { wanted, text: check } = text(length);
  return {
    wanted,
    text(value) {
      const short = check(value);
      return short === undefined ? undefined : short + " ".repeat(length - characters(short));
    },
  };
}

/** PostgreSQL counts characters and not UTF-16's code units, of which a character has one or two. */
function longer(value: string, most: number): boolean {
  return value.length > most && (value.length > 2 * most || characters(value) > most);
}

function characters(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

function uuid(value: unknown): string | undefined {
  const valid = typeof value === "string" &&
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);
  return valid ? value.toLowerCase() : undefined;
}
