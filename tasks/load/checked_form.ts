import type { z } from "zod";
import { UsageError } from "../model/errors.ts";
import { messageOf } from "../model/error_message.ts";
import { fieldWords } from "./field_words.ts";

/** Characters of a value in a message. */
const MOST_SHOWN = 100;

/** Where a value comes from, and what its messages say. */
export interface FormWords {
  /** What the file is: `scenario file`. */
  readonly what: string;
  readonly file: string;
  /** What messages call it, with its file; `what` and `file` without it. */
  readonly called?: string;
  /** The field that the value is; the file's whole content without it. */
  readonly within?: string;
  /** Where fields are described. */
  readonly next: string;
  /** Whether a field may hold a password: then its value is not shown. */
  readonly isSecret?: (field: string) => boolean;
}

/** A value that has the form of a schema. @throws {UsageError} naming the file and the first faulty field */
export function checkedForm(
  schema: z.ZodType,
  value: unknown,
  { what, file, called = `${what} ${file}`, within = "", next, isSecret = () => false }: FormWords,
): unknown {
  let fault: { readonly field: string; readonly message: string };
  try {
    const result = schema.safeParse(value, { error: fieldWords });
    if (result.success) return result.data;
    fault = faultOf(result.error, value, within, isSecret);
  } catch (error) {
    // A getter or a proxy runs code of the user's.
    fault = { field: within, message: `cannot be read: ${messageOf(error)}` };
  }
  const { field, message } = fault;
  const named = field === "" ? `the ${what.replace(/ file$/, "")}` : `${field}:`;
  throw new UsageError(`Cannot use the ${called}: ${named} ${message}`, next);
}

/** The first fault of a value, and the field that has it. */
function faultOf(
  { issues }: z.ZodError,
  value: unknown,
  within: string,
  isSecret: (field: string) => boolean,
): { field: string; message: string } {
  const issue = innermost(issues[0]!);
  const current = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const field = within + fieldName(issue.path, within !== "");
  const is = issue.code === "unrecognized_keys" || isSecret(field) ? "" : ` (it is ${shown(current)})`;
  return { field, message: issue.message + is };
}

/**
 * Where one of several forms is allowed, a fault inside the form that was meant, and not just that none of them
 * fits. Meant is the one whose outside fits.
 */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  // A name within a record, of which its own form says what is wrong.
  if (issue.code === "invalid_key") return { ...issue, message: issue.issues[0]!.message };
  if (issue.code !== "invalid_union") return issue;
  const meant = issue.errors.find((within) => within.every(({ path }) => path.length > 0));
  if (meant === undefined || meant.length === 0) return issue;
  const inner = innermost(meant[0]!);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

/** A value as people would write it; JSON has neither NaN nor Infinity, nor what refers to itself. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : textOf(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function textOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  try {
    return JSON.stringify(value) ?? (value === undefined ? "missing" : `a ${typeof value}`);
  } catch {
    return "what JSON cannot say";
  }
}

/** As code would name it; a key that is no plain word is quoted, so that it forges no line and hides nothing. */
function fieldName(path: readonly PropertyKey[], inside: boolean): string {
  return path.map((key, index) => {
    if (typeof key === "number") return `[${key}]`;
    if (!/^[\p{L}\p{N}_$. -]+$/u.test(String(key))) return `[${shown(String(key))}]`;
    return index === 0 && !inside ? String(key) : `.${String(key)}`;
  }).join("");
}
