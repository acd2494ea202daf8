-- Checkpoints and the background writer, PostgreSQL 17 and later, which gave each a view of its own.
SELECT counters.metric, '{}'::jsonb AS labels, counters.value::float8 AS value
FROM pg_stat_checkpointer, pg_stat_bgwriter,
  LATERAL (VALUES
    ('checkpoints', (num_timed + num_requested)::float8),
    ('checkpoint_write_ms', write_time),
    ('checkpoint_sync_ms', sync_time),
    ('checkpoint_buffers', buffers_written),
    ('background_buffers', buffers_clean)
  ) AS counters (metric, value)
