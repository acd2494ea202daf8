import type { PgClient } from "../postgres/client.ts";
import { predictSql } from "./predict_sql.ts";

/** A view or a function, and the text that it is made of. */
export interface Named {
  readonly name: string;
  readonly text: string;
}

/** The views and functions of a database. */
export async function readNamed(client: Pick<PgClient, "query">): Promise<readonly Named[]> {
  return (await client.query<Named>(predictSql("mentions.sql"))).rows;
}

/**
 * What a question names: relations, `schema.name`, also those that views and functions name which it names.
 * @param relations tables that there are
 */
export function mentioned(question: string, named: readonly Named[], relations: readonly string[]): string[] {
  const found = new Set<string>();
  const texts = [question];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const each of named) {
      if (found.has(each.name) || !names(text, each.name)) continue;
      found.add(each.name);
      texts.push(each.text);
    }
    for (const relation of relations) if (names(text, relation)) found.add(relation);
  }
  return [...found].sort();
}

/** Whether a text has a name, as a whole. */
function names(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/[\w"$]/.test(text[at - 1] ?? "") && !/[\w"$]/.test(text[at + name.length] ?? "")) return true;
  }
  return false;
}
