-- Reads and writes by who asked for them, PostgreSQL 18 and later, which counts bytes. WAL is counted apart.
SELECT counters.metric, jsonb_build_object('by', backend_type) AS labels,
  sum(counters.value)::float8 AS value
FROM pg_stat_io,
  LATERAL (VALUES ('io_read_bytes', read_bytes), ('io_written_bytes', write_bytes)) AS counters (metric, value)
WHERE object <> 'wal'
  AND backend_type IN ('client backend', 'io worker', 'checkpointer', 'background writer', 'autovacuum worker')
  AND counters.value IS NOT NULL
GROUP BY counters.metric, backend_type
