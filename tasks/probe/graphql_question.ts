import { join } from "node:path";
import { isRecord } from "../model/record.ts";
import { judgeText } from "../targets/graphql_answer.ts";

const FIELDS = join(import.meta.dirname!, "../../queries/probe/graphql_fields.graphql");
/** A key of each kind that no row needs to have. */
const KEYS: Readonly<Record<string, string>> = {
  Int: "0",
  BigInt: '"0"',
  bigint: "0",
  smallint: "0",
  String: '""',
  UUID: '"00000000-0000-0000-0000-000000000000"',
  uuid: '"00000000-0000-0000-0000-000000000000"',
};
/** So many are tried. */
const MOST_TRIED = 6;
/** What takes longer is no question to ask again and again, ms. */
const LONGEST_MS = 200;
const ASK_MS = 5000;

/** What a GraphQL service is asked. */
export interface GraphqlQuestion {
  readonly text: string;
  /** Whether its answer comes from the database, as far as that can be told. */
  readonly asksDatabase: boolean;
}

/** What every service answers, without its database. */
const PLAIN: GraphqlQuestion = { text: "{ __typename }", asksDatabase: false };

/**
 * Finds a question that a service answers from its database: one row by a key that none has, or one of a list, and nothing of it but
 * the name of its type. Where its schema is not to be seen, or nothing fits, it is asked for the name of its own type.
 */
export async function graphqlQuestion(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<GraphqlQuestion> {
  const schema = await ask(url, headers, Deno.readTextFileSync(FIELDS));
  for (const text of questionsOf(schema).slice(0, MOST_TRIED)) {
    const began = performance.now();
    const answer = await ask(url, headers, text);
    if (answer !== null && performance.now() - began <= LONGEST_MS) return { text, asksDatabase: true };
  }
  return PLAIN;
}

/** @returns the answer's `data`; null where there is none, or an error */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  query: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(ASK_MS),
      redirect: "manual",
    });
    const { error, answer } = judgeText(response.status, await response.text(), true);
    return error === null && isRecord(answer) && isRecord(answer.data) ? answer.data : null;
  } catch {
    return null;
  }
}

/** Questions about rows by their keys first: an index answers them, whatever the table. */
export function questionsOf(schema: unknown): string[] {
  const queryType = at(at(schema, "__schema"), "queryType");
  const fields = listOf(at(queryType, "fields"));
  return [...fields.flatMap(byKey), ...fields.flatMap(firstOfList)];
}

function byKey(field: unknown): string[] {
  const args = listOf(at(field, "args"));
  const isRow = at(at(field, "type"), "kind") === "OBJECT";
  const values = args.map((arg) => {
    const type = at(arg, "type");
    const key = KEYS[String(at(at(type, "ofType"), "name"))];
    return at(type, "kind") === "NON_NULL" && key !== undefined ? `${at(arg, "name")}: ${key}` : null;
  });
  if (!isRow || values.length === 0 || values.includes(null)) return [];
  return [`{ ${at(field, "name")}(${values.join(", ")}) { __typename } }`];
}

/** Of a connection, as Relay and PostGraphile have it. */
function firstOfList(field: unknown): string[] {
  const args = listOf(at(field, "args"));
  const needs = args.some((arg) =>
    at(at(arg, "type"), "kind") === "NON_NULL" && (at(arg, "defaultValue") ?? null) === null
  );
  if (needs || !args.some((arg) => at(arg, "name") === "first")) return [];
  return [`{ ${at(field, "name")}(first: 1) { nodes { __typename } } }`];
}

function at(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
