/** How what a generator yields becomes text for COPY. Whether its column can take the text PostgreSQL says. */
export interface Conversion {
  /** What must be yielded, in words. */
  readonly wanted: string;
  /** The value's text, before COPY's escapes; undefined where it is not what is wanted. */
  text(value: unknown): string | undefined;
}

/**
 * The conversion for a type, as `format_type` writes it. PostgreSQL reads texts for every type, so a generator may give
 * back the value that it was given; in json and jsonb columns a text is a JSON string.
 */
export function conversionTo(type: string): Conversion {
  return CONVERSIONS.find(([types]) => types.test(type))?.[1] ?? TEXT;
}

const TEXT: Conversion = {
  wanted: "text without NUL",
  text: (value) => typeof value === "string" && isText(value) ? value : undefined,
};

const CONVERSIONS: readonly (readonly [types: RegExp, conversion: Conversion])[] = [
  [/^(smallint|integer|bigint|numeric|real|double precision)\b/, {
    wanted: "a finite number, a bigint or text",
    // A number counts as the digits that JavaScript prints for it: 1.005 is 1.005 and not a little less.
    text: (value) => typeof value === "bigint" || Number.isFinite(value) ? String(value) : TEXT.text(value),
  }],
  [/^boolean$/, {
    wanted: "true, false or text",
    text: (value) => typeof value === "boolean" ? String(value) : TEXT.text(value),
  }],
  [/^(date|time|timestamp)\b/, {
    wanted: "a Date of the years 0 to 9999 or text, and not the time of loading",
    text: (value) => value instanceof Date ? dateText(value) : TEXT.text(fixedTime(value)),
  }],
  [/^jsonb?$/, {
    wanted: "a plain JSON value (no undefined, NaN, function, class or NUL in it, and not itself)",
    text: jsonText,
  }],
];

/** Whether it reaches PostgreSQL as it is: UTF-8 has no halves of characters, and PostgreSQL's texts have no NUL. */
function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

/** Other years have a sign, which PostgreSQL does not read. */
function dateText(value: Date): string | undefined {
  const text: string | null = value.toJSON();
  return text !== null && /^\d/.test(text) ? text : undefined;
}

/** PostgreSQL would put its own clock in the place of such words, and rows are to be a function of the seed. */
function fixedTime(value: unknown): unknown {
  return typeof value === "string" && /\b(now|today|tomorrow|yesterday)\b/i.test(value) ? undefined : value;
}

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, plain);
  } catch {
    return undefined;
  }
}

/** For JSON.stringify, which would leave out or change what is no plain JSON value. */
function plain(this: Readonly<Record<string, unknown>>, key: string): unknown {
  // Not its second argument: there a Date is text already.
  const value = this[key];
  if (!isText(key) || !isJson(value)) throw new TypeError(`${key} is no plain JSON value`);
  return value;
}

function isJson(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "string":
      return isText(value);
    case "object":
      return value === null || Array.isArray(value) ||
        [Object.prototype, null].includes(Object.getPrototypeOf(value));
    default:
      return false;
  }
}
