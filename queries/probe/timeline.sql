-- The timeline, which counts up where a replica is promoted. The control file of a primary lags behind until its next
-- checkpoint; the name of its WAL file does not.
SELECT
  CASE
    WHEN pg_is_in_recovery() THEN (SELECT timeline_id::text FROM pg_control_checkpoint())
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int::text
  END AS timeline
