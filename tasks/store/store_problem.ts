import { cutShort, type FileProblem } from "./duckdb_file.ts";
import type { Store } from "./open.ts";
import { query } from "./sql.ts";
import { TABLES } from "./tables/registry.ts";

/**
 * What an open store tells of its file: DuckDB finds a block missing only when it reads that block, which may be
 * after hours of measuring. Null where all blocks with rows are there.
 */
export async function storeProblem(store: Store): Promise<FileProblem | null> {
  let needed = 0;
  for (const table of TABLES) {
    const [own] = await store.rows<{ bytes: number }>(query("load/bytes_needed").replace("{table}", table));
    needed = Math.max(needed, own!.bytes);
  }
  const { size } = Deno.statSync(store.file);
  return size < needed ? cutShort(size, needed) : null;
}
