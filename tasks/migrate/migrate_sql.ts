import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../queries/migrate");

/** The text of queries/migrate/<file>. */
export function migrateSql(file: string): string {
  return Deno.readTextFileSync(join(FOLDER, file));
}
