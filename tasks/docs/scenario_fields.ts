import type { z } from "zod";
import { DRAW_FORMS, FORMS } from "../load/scenario_form.ts";
import { fieldWords } from "../load/field_words.ts";
import { formatCount } from "../model/units.ts";

/** Where the comments are that say what fields and kinds are for. */
export const TYPES_FILE = "tasks/model/scenario.ts";

/** Where objects of a form stand in a scenario file. */
const PLACES: Readonly<Record<keyof typeof FORMS, string>> = {
  Scenario: "The scenario",
  OwnTables: "`dataset`, where it is not a name",
  Stream: "Each of `streams`",
  Session: "`session` of a stream",
  ScenarioOperation: "Each of `operations`",
  Setting: "Each of `settings` that is a number",
  Choice: "Each of `settings` that is one of several words",
};

/**
 * Every field of a scenario file, as Markdown: what it may be, whether it is needed, and what it is for.
 * @param types the text of TYPES_FILE
 * @throws {Error} naming a field without a comment
 */
export function scenarioFields(types: string): string {
  return Object.entries(FORMS).map(([name, { shape }]) => {
    const body = interfaceBody(types, name);
    const lines = Object.entries(shape).map(([field, form]) =>
      `- \`${field}\` (${isOptional(form) ? "optional" : "required"}; ${words(form)}): ${
        commentOf(body, new RegExp(String.raw`readonly ${field}\??:`), `${name}.${field}`)
      }`
    );
    return `${PLACES[name as keyof typeof FORMS]}:\n\n${lines.join("\n")}`;
  }).join("\n\n");
}

/** Every kind of parameter, as Markdown: its fields and what it draws. @throws {Error} as above */
export function parameterKinds(types: string): string {
  const [, body] = /^export type Draw =\n([\s\S]*?);\n\n/m.exec(types) ?? [];
  return DRAW_FORMS.map(({ shape: { kind, ...fields } }) => {
    // Of a kind that has an earlier name too, the present one.
    const [name] = [...(kind as z.ZodLiteral<string>).values];
    const names = Object.entries(fields).map(([field, form]) => `${field}${isOptional(form) ? "?" : ""}`);
    const comment = commentOf(
      body ?? "",
      name === "captured" ? /\| CapturedDraw/ : new RegExp(String.raw`\| \{\s*readonly kind: "${name}"`),
      name!,
    );
    return `- \`${name}\` (${names.map((each) => `\`${each}\``).join(", ")}): ${comment}`;
  }).join("\n");
}

function interfaceBody(types: string, name: string): string {
  const [, body] = new RegExp(String.raw`^export interface ${name} \{\n([\s\S]*?)^\}`, "m").exec(types) ?? [];
  if (body === undefined) throw new Error(`${TYPES_FILE} has no interface ${name}`);
  return body;
}

/** The comment that ends where `what` begins, on one line. */
function commentOf(text: string, what: RegExp, name: string): string {
  const at = text.search(what);
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, Math.max(0, at))) ?? [];
  if (comment === undefined) throw new Error(`${TYPES_FILE}: ${name} has no comment that says what it is`);
  return comment.replaceAll(/\n\s*\*/g, " ").replaceAll(/\s+/g, " ").trim();
}

function isOptional(form: z.ZodType): boolean {
  return form.safeParse(undefined).success;
}

/** What a field may be, in the words that refuse a wrong one. */
function words(form: z.ZodType): string {
  const { error } = form.safeParse(Symbol("none"), { error: fieldWords });
  return error!.issues[0]!.message.replace(/^must be /, "").replaceAll(
    /\d{4,}/g,
    (digits) => formatCount(Number(digits)),
  );
}
