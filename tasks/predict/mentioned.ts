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
  return wholeName(name).test(text);
}

/** A text with other names in the place of some. @param by the new ones by the old ones */
export function replaceNames(text: string, by: ReadonlyMap<string, string>): string {
  // The longest first: one may begin as another is called.
  const old = [...by.keys()].sort((a, b) => b.length - a.length);
  if (old.length === 0) return text;
  return text.replaceAll(
    new RegExp(old.map((name) => wholeName(name).source).join("|"), "g"),
    (name) => by.get(name)!,
  );
}

function wholeName(name: string): RegExp {
  return new RegExp(`(?<![\\w"$.])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w"$])`);
}
