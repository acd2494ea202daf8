import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../queries/tiers");

/** A file of queries/tiers/. */
export function tierSql(file: string): string {
  return Deno.readTextFileSync(join(FOLDER, file));
}
