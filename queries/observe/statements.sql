-- Totals of every statement of this database since the last reset. PostgreSQL 14 and later.
SELECT
  queryid::text AS id,
  min(query) AS query,
  sum(calls)::float8 AS calls,
  sum(total_exec_time)::float8 AS total_ms,
  sum(rows)::float8 AS rows,
  sum(shared_blks_hit)::float8 AS blocks_hit,
  sum(shared_blks_read)::float8 AS blocks_read,
  sum(temp_blks_written)::float8 AS temp_blocks,
  sum(wal_bytes)::float8 AS wal_bytes
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  -- Null where the role may not see another role's statement.
  AND queryid IS NOT NULL
  AND toplevel
GROUP BY queryid
