import { z } from "zod";
import { nearest } from "../model/suggest.ts";

/** What a field must be where its type is another, by the validator's names of types. */
const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  number: "a number",
  object: "an object, { … }",
  record: "an object, { … }",
  string: "a text",
};

/** A number within bounds, of which a fault names both. */
export function numberFrom(min: number, max = Infinity): z.ZodNumber {
  const error = max === Infinity
    ? `must be a number, at least ${min}`
    : `must be a number from ${min} to ${max}`;
  return z.number(error).min(min, error).max(max, error);
}

/** A number above 0, at most `max`. */
export function numberAbove0(max = Infinity): z.ZodNumber {
  const error = `must be a number above 0${max === Infinity ? "" : `, at most ${max}`}`;
  return z.number(error).positive(error).max(max, error);
}

/** A whole number within bounds. */
export function wholeFrom(min: number, max = Infinity): z.ZodInt {
  const error = max === Infinity
    ? `must be a whole number, at least ${min}`
    : `must be a whole number from ${min} to ${max}`;
  return z.int(error).min(min, error).max(max, error);
}

/**
 * What is allowed in a field, as it follows the field's name, for faults that its schema has no words for.
 * @returns undefined where the validator's own words are good enough
 */
export function fieldWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected in TYPES ? `must be ${TYPES[issue.expected]}` : undefined;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must have at least ${issue.minimum} of them`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "unrecognized_keys": {
      const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
      const [first, ...others] = issue.keys.map((key) => {
        const meant = nearest(key, known);
        return `${JSON.stringify(key)}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
      });
      return [`has no field ${first}`, ...others.map((other) => `nor ${other}`)].join(", ");
    }
    default:
      return undefined;
  }
}
