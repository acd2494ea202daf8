import { statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";

const MB = 1024 * 1024;

/**
 * What the embedded server's configuration holds beyond initdb's defaults. Durability (fsync,
 * synchronous_commit, full_page_writes) stays on and is written out: users have it on, so a measurement
 * without it would flatter. Everything not named here is PostgreSQL's default, jit included.
 */
export function postgresSettings(
  memoryBytes: number = totalmem(),
  cores: number = availableParallelism(),
  sharedMemoryBytes: number | null = devShmBytes(),
): Record<string, string> {
  // An eighth of the memory, not the usual quarter: generator, Redis and GraphQL share this machine.
  const sharedBuffers = clamp(Math.floor(memoryBytes / 8 / MB), 128, 1024);
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    // Loopback only, and no socket path that could be too long or left behind.
    unix_socket_directories: "",
    // Each path has connections of its own: four times a --concurrency of 240 have room, and what watches them. One
    // that is not used costs some kilobytes.
    max_connections: "1000",
    shared_buffers: `${sharedBuffers}MB`,
    effective_cache_size: `${clamp(Math.floor(memoryBytes / 2 / MB), 256, 16384)}MB`,
    maintenance_work_mem: `${clamp(Math.floor(memoryBytes / 32 / MB), 64, 512)}MB`,
    max_worker_processes: String(Math.max(8, cores)),
    // Seeding must not be one checkpoint after another.
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    // Live migrations move data to another server by logical replication.
    wal_level: "logical",
    shared_preload_libraries: "pg_stat_statements",
    "pg_stat_statements.max": "5000",
    track_io_timing: "on",
    log_lock_waits: "on",
    log_timezone: "UTC",
    timezone: "UTC",
    cluster_name: "benchbook",
  };
  // Containers often give /dev/shm 64 MB, where a parallel query fails; files in the cluster do not.
  if (sharedMemoryBytes !== null && sharedMemoryBytes < 256 * MB) {
    settings.dynamic_shared_memory_type = "mmap";
  }
  return settings;
}

/** The settings as a file that `postgresql.conf` includes. */
export function renderSettings(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written by Benchbook at every start: changes made here are lost.\n${lines.join("\n")}\n`;
}

/** Settings that shape results, read back from a server for the run's fingerprint. */
export const FINGERPRINT_SETTINGS = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_level",
  "shared_buffers",
  "effective_cache_size",
  "work_mem",
  "maintenance_work_mem",
  "max_connections",
  "max_wal_size",
  "checkpoint_timeout",
  "max_parallel_workers_per_gather",
  "random_page_cost",
  "effective_io_concurrency",
  "io_method",
  "jit",
  "track_io_timing",
  "shared_preload_libraries",
  "default_transaction_isolation",
  "server_encoding",
  "lc_collate",
] as const;

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function devShmBytes(): number | null {
  try {
    const { blocks, bsize } = statfsSync("/dev/shm");
    return blocks * bsize;
  } catch {
    return null;
  }
}
