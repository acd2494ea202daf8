import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of queries/observe/NAME.sql. */
export function observeSql(name: string): string {
  return readFileSync(join(import.meta.dirname!, "..", "..", "queries", "observe", `${name}.sql`), "utf8");
}
