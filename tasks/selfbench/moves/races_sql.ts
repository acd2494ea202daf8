import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../../queries/selfbench/moves");

/** The text of queries/selfbench/moves/<name>.sql. */
export function racesSql(name: string): string {
  return Deno.readTextFileSync(join(FOLDER, `${name}.sql`));
}
