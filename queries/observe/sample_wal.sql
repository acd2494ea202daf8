-- Write-ahead log of the whole server. PostgreSQL 14 and later.
SELECT counters.metric, '{}'::jsonb AS labels, counters.value::float8 AS value
FROM pg_stat_wal,
  LATERAL (VALUES
    ('wal_bytes', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8),
    ('wal_records', wal_records),
    ('wal_full_page_images', wal_fpi),
    ('wal_buffers_full', wal_buffers_full)
  ) AS counters (metric, value)
