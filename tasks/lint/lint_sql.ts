import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../queries/lint");

/** The text of queries/lint/<file>. */
export function lintSql(file: string): string {
  return Deno.readTextFileSync(join(FOLDER, file));
}
