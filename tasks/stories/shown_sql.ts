import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";
import { pageNames } from "../docs/pages.ts";

/** The blocks of a language in the pages, without their fences. */
export function blocksOf(root: string, language: string): { readonly page: string; readonly text: string }[] {
  return pageNames(root).flatMap((page) =>
    [
      ...Deno.readTextFileSync(join(root, page)).matchAll(
        new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"),
      ),
    ].map(([, text]) => ({ page, text: text! }))
  );
}

/** Runs every query of the pages as DuckDB's own shell would, and tells how many rows each has. */
export async function runShownSql(store: string, root: string): Promise<number[]> {
  const database = await DuckDBInstance.create(store, { access_mode: "READ_ONLY" });
  const connection = await database.connect();
  try {
    const counts: number[] = [];
    for (const { text } of blocksOf(root, "sql")) {
      counts.push((await connection.runAndReadAll(text)).currentRowCount);
    }
    return counts;
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
