import { cutShort, type FileProblem } from "./duckdb_file.ts";
import type { Store } from "./open.ts";
import { query } from "./sql.ts";

/**
 * What an open store tells of its file: DuckDB finds a block missing only when it reads that block, which may be
 * after hours of measuring. Null where all blocks with rows are there.
 */
export async function storeProblem(store: Store): Promise<FileProblem | null> {
  const [needed] = await store.rows<{ bytes: number }>(query("load/bytes_needed"));
  const { size } = Deno.statSync(store.file);
  return size < needed!.bytes ? cutShort(size, needed!.bytes) : null;
}
