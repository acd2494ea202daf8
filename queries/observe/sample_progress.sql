-- How far the long commands of the database have come, of those that tell: what is done of how much, in the unit that
-- the phase goes by. PostgreSQL 14 and later.
WITH commands AS (
  SELECT datname, relid, command, phase, unit, done, total
  FROM pg_stat_progress_create_index,
    -- What a phase before went by stays as it was.
    LATERAL (VALUES
      ('lockers', lockers_done, lockers_total),
      ('blocks', blocks_done, blocks_total),
      ('tuples', tuples_done, tuples_total)
    ) AS units (unit, done, total)
  WHERE unit = CASE
    WHEN phase LIKE 'waiting for %' THEN 'lockers'
    WHEN tuples_total > 0 AND blocks_done >= blocks_total THEN 'tuples'
    ELSE 'blocks'
  END
  UNION ALL
  SELECT datname, relid, command, phase, 'blocks', heap_blks_scanned, heap_blks_total FROM pg_stat_progress_cluster
  UNION ALL
  SELECT datname, relid, 'VACUUM', phase, 'blocks', heap_blks_scanned, heap_blks_total FROM pg_stat_progress_vacuum
  UNION ALL
  SELECT datname, relid, 'ANALYZE', phase, 'blocks', sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze
  UNION ALL
  SELECT datname, relid, command, '', 'bytes', bytes_processed, bytes_total FROM pg_stat_progress_copy
),
own AS (
  SELECT commands.*,
    jsonb_build_object(
      'command', command,
      -- One that was made in the same transaction is not seen yet.
      'relation', CASE WHEN c.oid IS NULL THEN '' ELSE format('%I.%I', n.nspname, c.relname) END,
      'phase', phase,
      'unit', unit
    ) AS labels
  FROM commands
  LEFT JOIN pg_class c ON c.oid = commands.relid
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE commands.datname = current_database()
)
-- Of one table two may be vacuumed, or copied into, at once.
SELECT 'progress_done' AS metric, labels, sum(done)::float8 AS value FROM own GROUP BY labels
UNION ALL
SELECT 'progress', labels, least(1, sum(done)::float8 / sum(total)) FROM own WHERE total > 0 GROUP BY labels
