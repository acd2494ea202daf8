import { join, resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname!, "../../queries/analysis");
const texts = new Map<string, string>();

/** Where the store's SQL lies. */
export const SCHEMA_FOLDER: string = join(FOLDER, "schema");

/**
 * The text of `queries/analysis/<name>.sql`; read once per process.
 * @example query("timeline")
 */
export function query(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = Deno.readTextFileSync(join(FOLDER, `${name}.sql`));
  texts.set(name, text);
  return text;
}
