import { counter, gauge } from "../../model/metric.ts";
import type { PostgresQuery } from "../postgres_reader.ts";
import type { SampleSource } from "../source.ts";

const io = { labels: ["by"] };
const pool = { labels: ["pool"], absent: 0 } as const;
const progress = { labels: ["command", "relation", "phase", "unit"] };

/** What is asked at each tick over one connection; SQL in queries/observe/, rows of metric, labels and value. */
export const POSTGRES_QUERIES: readonly PostgresQuery[] = [
  {
    name: "activity",
    sql: () => "sample_database",
    metrics: [
      counter("transactions", "per second", "commits and rollbacks in the database", {
        panel: { title: "PostgreSQL transactions", series: "transactions" },
      }),
      counter("rollbacks", "per second", "rollbacks among them", {
        panel: { title: "PostgreSQL transactions", series: "rolled back", unlessZero: true },
      }),
      counter("blocks_hit", "per second", "blocks found in shared buffers", {
        panel: { title: "PostgreSQL blocks", series: "from cache" },
      }),
      counter("blocks_read", "per second", "blocks asked of the operating system", {
        panel: { title: "PostgreSQL blocks", series: "read" },
      }),
      counter(
        "block_read_ms",
        "ms per second",
        "time in which blocks were read, with `track_io_timing` only",
      ),
      counter("rows_returned", "per second", "rows that scans looked at"),
      counter("rows_fetched", "per second", "rows that index scans found"),
      counter("rows_inserted", "per second", "rows inserted"),
      counter("rows_updated", "per second", "rows updated"),
      counter("rows_deleted", "per second", "rows deleted"),
      counter("temp_files", "per second", "temporary files made"),
      counter("temp_bytes", "bytes per second", "written into temporary files", {
        panel: { title: "PostgreSQL temporary files", series: "written", unlessZero: true },
      }),
      counter("deadlocks", "per second", "deadlocks", {
        panel: { title: "PostgreSQL deadlocks", series: "deadlocks", unlessZero: true },
      }),
      gauge("connections", "count", "connections to the database"),
      gauge("sessions", "count", "sessions by state, and active ones by what they wait for; `CPU`: nothing", {
        labels: ["state", "wait"],
      }),
      gauge("locks_waiting", "count", "locks asked for and not granted, of the whole server", {
        panel: { title: "PostgreSQL locks waited for", series: "waiting", unlessZero: true },
      }),
      gauge("oldest_transaction_seconds", "s", "age of the oldest transaction"),
    ],
  },
  {
    name: "wait events",
    sql: () => "sample_waits",
    eachTick: true,
    metrics: [
      gauge("active_sessions", "count", "sessions with a statement under way", {
        panel: { title: "PostgreSQL active sessions", series: "all" },
      }),
      gauge("wait_events", "count", "the same by what they wait for; `CPU`: for nothing", {
        labels: ["type", "event"],
        absent: 0,
        panel: { title: "PostgreSQL active sessions", series: { label: "type" }, several: "sum" },
      }),
      gauge("pool_connections", "count", "connections of a pool of the run's own: `load` or `graphql`", pool),
      gauge("pool_in_use", "count", "those of them with a statement or a transaction under way", pool),
    ],
  },
  {
    name: "WAL",
    sql: () => "sample_wal",
    eachTick: true,
    metrics: [
      counter("wal_bytes", "bytes per second", "write-ahead log of the whole server", {
        panel: { title: "PostgreSQL write-ahead log", series: "written" },
      }),
      counter("wal_records", "per second", "its records"),
      counter("wal_full_page_images", "per second", "whole pages in it, after a checkpoint"),
      counter("wal_buffers_full", "per second", "times that it was written as its buffers were full"),
    ],
  },
  {
    name: "checkpoints",
    sql: (version) => version >= 170_000 ? "sample_checkpoints_17" : "sample_checkpoints_14",
    metrics: [
      counter("checkpoints", "per second", "checkpoints, timed and requested"),
      counter("checkpoint_write_ms", "ms per second", "time in which they wrote", {
        panel: { title: "PostgreSQL checkpoints", series: "writing", unlessZero: true },
      }),
      counter("checkpoint_sync_ms", "ms per second", "time in which they waited for the disk", {
        panel: { title: "PostgreSQL checkpoints", series: "disk", unlessZero: true },
      }),
      counter("checkpoint_buffers", "per second", "buffers that they wrote"),
      counter("background_buffers", "per second", "buffers that the background writer wrote"),
    ],
  },
  {
    name: "I/O",
    sql: (version) => version >= 180_000 ? "sample_io_18" : version >= 160_000 ? "sample_io_16" : null,
    metrics: [
      counter(
        "io_read_bytes",
        "bytes per second",
        "read by processes of a kind, PostgreSQL 16 and later",
        io,
      ),
      counter("io_written_bytes", "bytes per second", "written by the same", io),
    ],
  },
  {
    name: "progress",
    sql: () => "sample_progress",
    eachTick: true,
    metrics: [
      gauge(
        "progress",
        "share",
        "how much of its phase a CREATE INDEX, REINDEX, CLUSTER, VACUUM, ANALYZE or COPY has done",
        {
          ...progress,
          panel: { title: "PostgreSQL progress", series: { label: "command" }, unlessZero: true },
        },
      ),
      gauge("progress_done", "count", "the same in its `unit`", progress),
    ],
  },
];

/** In a migration its moments matter, and a second is long for a lock. */
const MIGRATION_PERIOD_MS = 100;

/** The database under load and its server. */
export const POSTGRES: SampleSource = {
  name: "postgres",
  title: "PostgreSQL",
  needs: { each: "PostgreSQL" },
  periodMs: 1000,
  migrationPeriodMs: MIGRATION_PERIOD_MS,
  metrics: POSTGRES_QUERIES.flatMap(({ metrics }) => metrics),
  async open({ url, inMigration }, timeoutMs) {
    const { PostgresReader } = await import("../postgres_reader.ts");
    const restEvery = inMigration === true ? 1000 / MIGRATION_PERIOD_MS : 1;
    return new PostgresReader(url, timeoutMs, POSTGRES_QUERIES, restEvery);
  },
};
