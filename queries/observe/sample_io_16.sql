-- Reads and writes by who asked for them, PostgreSQL 16 and 17, which count blocks of op_bytes.
SELECT counters.metric, jsonb_build_object('by', backend_type) AS labels,
  sum(counters.value)::float8 AS value
FROM pg_stat_io,
  LATERAL (VALUES
    ('io_read_bytes', reads * op_bytes),
    ('io_written_bytes', writes * op_bytes)
  ) AS counters (metric, value)
WHERE backend_type IN ('client backend', 'checkpointer', 'background writer', 'autovacuum worker')
  AND counters.value IS NOT NULL
GROUP BY counters.metric, backend_type
