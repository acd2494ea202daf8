-- One tick of the database's own counters and of what its sessions do. Columns: metric, labels, value. PostgreSQL 14
-- and later.
WITH database AS (SELECT * FROM pg_stat_database WHERE datname = current_database()),
  sessions AS (
    SELECT
      coalesce(state, 'unknown') AS state,
      -- An active session that waits for nothing computes.
      CASE WHEN state = 'active' THEN coalesce(wait_event_type, 'CPU') ELSE '' END AS wait,
      count(*) AS n
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    GROUP BY 1, 2
  )
SELECT metric, labels, value::float8 AS value
FROM (
  SELECT counters.metric, '{}'::jsonb AS labels, counters.value::float8 AS value
  FROM database,
    LATERAL (VALUES
      ('transactions', (xact_commit + xact_rollback)::float8),
      ('rollbacks', xact_rollback),
      ('blocks_hit', blks_hit),
      ('blocks_read', blks_read),
      -- Zero without track_io_timing, which would look like a measurement.
      ('block_read_ms', CASE WHEN current_setting('track_io_timing') = 'on' THEN blk_read_time END),
      ('rows_returned', tup_returned),
      ('rows_fetched', tup_fetched),
      ('rows_inserted', tup_inserted),
      ('rows_updated', tup_updated),
      ('rows_deleted', tup_deleted),
      ('temp_files', temp_files),
      ('temp_bytes', temp_bytes),
      ('deadlocks', deadlocks)
    ) AS counters (metric, value)
  UNION ALL
  SELECT 'connections', '{}', numbackends FROM database
  UNION ALL
  SELECT 'sessions', jsonb_build_object('state', state, 'wait', wait), n FROM sessions
  UNION ALL
  SELECT 'locks_waiting', '{}', count(*) FROM pg_locks WHERE NOT granted
  UNION ALL
  SELECT 'oldest_transaction_seconds', '{}',
    coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)
  FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
) AS samples
WHERE value IS NOT NULL
