/** By it what a run leaves at a server is found. */
const OURS = "application_name";
/** Keeps a read from writing where its statement is a mistake. */
const OF_TRANSACTIONS = /^(default_)?transaction_(read_only|isolation|deferrable)$/;

/** What plans, memory, workers and the wait at a commit go by: where a write goes, and what checks it, stays. */
const HARMLESS_TO_WRITES = [
  /^enable_[a-z_]+$/,
  /^[a-z_]+_cost$/,
  /^(work_mem|hash_mem_multiplier|temp_buffers)$/,
  /^(effective_cache_size|effective_io_concurrency|maintenance_io_concurrency)$/,
  /^jit(_expressions|_tuple_deforming)?$/,
  /^max_parallel_(workers|workers_per_gather)$/,
  /^min_parallel_(table|index)_scan_size$/,
  /^(parallel_leader_participation|plan_cache_mode|constraint_exclusion|cursor_tuple_fraction)$/,
  /^(join|from)_collapse_limit$/,
  /^geqo(_[a-z_]+)?$/,
  /^(synchronous_commit|commit_delay|commit_siblings)$/,
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
  return HARMLESS_TO_WRITES.some((form) => form.test(name.toLowerCase()));
}
