import { nearest } from "../model/suggest.ts";

/** By it what a run leaves at a server is found. */
const OURS = "application_name";
/** Keeps a read from writing where its statement is a mistake. */
const OF_TRANSACTIONS = /^(default_)?transaction_(read_only|isolation|deferrable)$/;

/** What plans, memory, workers and the wait at a commit go by: where a write goes, and what checks it, stays. */
const HARMLESS_TO_WRITES: readonly RegExp[] = [
  /^enable_[a-z_]+$/,
  /^[a-z_]+_cost$/,
  /^geqo(_[a-z_]+)?$/,
];
/** The others of these, by their names. */
const NAMED_HARMLESS = [
  ...["work_mem", "hash_mem_multiplier", "temp_buffers"],
  ...["effective_cache_size", "effective_io_concurrency", "maintenance_io_concurrency"],
  ...["jit", "jit_expressions", "jit_tuple_deforming"],
  ...["max_parallel_workers", "max_parallel_workers_per_gather", "parallel_leader_participation"],
  ...["min_parallel_table_scan_size", "min_parallel_index_scan_size"],
  ...["plan_cache_mode", "constraint_exclusion", "cursor_tuple_fraction"],
  ...["join_collapse_limit", "from_collapse_limit"],
  ...["synchronous_commit", "commit_delay", "commit_siblings"],
];
/** What the forms above stand for, as far as somebody is likely to mean one. */
const LIKELY = [
  ...["random_page_cost", "seq_page_cost", "cpu_tuple_cost", "cpu_index_tuple_cost", "cpu_operator_cost"],
  ...["jit_above_cost", "parallel_setup_cost", "parallel_tuple_cost", "geqo", "geqo_threshold"],
  ...["enable_bitmapscan", "enable_hashjoin", "enable_indexscan", "enable_indexonlyscan", "enable_mergejoin"],
  ...[
    "enable_nestloop",
    "enable_seqscan",
    "enable_sort",
    "enable_memoize",
    "enable_material",
    "enable_hashagg",
  ],
];

/** Why no arm may begin its sessions with a setting; null where it may. @param name in any case, as PostgreSQL takes it */
export function whyNoSetting(name: string): string | null {
  const lower = name.toLowerCase();
  if (lower === OURS) return "is Benchbook's own, by which it finds its connections";
  if (OF_TRANSACTIONS.test(lower)) return "is Benchbook's own, by which it keeps reads from writing";
  return null;
}

/** Whether a write goes where it would without a setting, and is checked as it would be. */
export function leavesWrites(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMED_HARMLESS.includes(lower) || HARMLESS_TO_WRITES.some((form) => form.test(lower));
}

/** The setting that leaves writes as they are and may be meant by a name that is none of them. */
export function meantSetting(name: string): string | undefined {
  // A setting of another kind is a name of its own, and not one that was mistyped.
  return nearest(name, [...NAMED_HARMLESS, ...LIKELY], 2);
}
