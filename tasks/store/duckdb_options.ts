const CORES = navigator.hardwareConcurrency || 2;
/**
 * DuckDB takes most of a machine's memory by default; a load generator must not. It never fetches an extension:
 * reports work without a network.
 */
const OPTIONS = { autoinstall_known_extensions: "false" };
/** What does not go into its memory goes into files beside the store for a moment. */
const READING = {
  ...OPTIONS,
  memory_limit: "300MB",
  access_mode: "READ_ONLY",
};
/** A thread reads 122,880 rows at a time: of a store of that size more of them only cost what it takes to share so little. */
const ONE_THREAD_BYTES = 8 * 2 ** 20;
/**
 * A load is what writing is for. Rows stored in no particular order can be stored by all threads at once: queries
 * say their order. One thread more than there are cores, since each waits for its next rows now and then.
 */
const WRITING = {
  ...OPTIONS,
  // It needs no more, and the run that it follows did with less than that.
  memory_limit: "400MB",
  access_mode: "READ_WRITE",
  preserve_insertion_order: "false",
  threads: String(Math.min(CORES + 1, 4)),
};

/** With what to open a store. */
export function duckdbOptions(file: string, mode: "read" | "write"): Record<string, string> {
  if (mode === "write") return WRITING;
  const isSmall = Deno.statSync(file).size < ONE_THREAD_BYTES;
  return { ...READING, threads: isSmall ? "1" : String(Math.min(CORES, 4)) };
}
