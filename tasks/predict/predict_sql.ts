import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "../../queries/predict");

/** The text of queries/predict/<file>. */
export function predictSql(file: string): string {
  return Deno.readTextFileSync(join(FOLDER, file));
}
