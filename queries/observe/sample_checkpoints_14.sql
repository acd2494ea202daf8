-- Checkpoints and the background writer, PostgreSQL 14 to 16.
SELECT counters.metric, '{}'::jsonb AS labels, counters.value::float8 AS value
FROM pg_stat_bgwriter,
  LATERAL (VALUES
    ('checkpoints', (checkpoints_timed + checkpoints_req)::float8),
    ('checkpoint_write_ms', checkpoint_write_time),
    ('checkpoint_sync_ms', checkpoint_sync_time),
    ('checkpoint_buffers', buffers_checkpoint),
    ('background_buffers', buffers_clean)
  ) AS counters (metric, value)
