import { join } from "node:path";
import pg from "pg";

const FOLDER = join(import.meta.dirname!, "../../queries/probe");

/** The text of queries/probe/<name>.sql. @param schema of the ledger, where the text has a place for it */
export function probeSql(name: string, schema = ""): string {
  const text = Deno.readTextFileSync(join(FOLDER, `${name}.sql`));
  return text.replaceAll("{schema}", () => pg.escapeIdentifier(schema));
}
