import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../queries/clone");

/** The text of queries/clone/<file>. */
export function cloneSql(file: string): string {
  return Deno.readTextFileSync(join(FOLDER, file));
}
