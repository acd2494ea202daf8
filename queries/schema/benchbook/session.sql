-- Settings of a connection that loads: no limit that a role may have set for everyday work ends it half-way,
-- and an index is sorted in memory where it can be.
SELECT
  set_config('statement_timeout', '0', false),
  set_config('lock_timeout', '0', false),
  set_config('idle_in_transaction_session_timeout', '0', false),
  set_config(
    'maintenance_work_mem',
    greatest(pg_size_bytes(current_setting('maintenance_work_mem')), pg_size_bytes('256MB')) / 1024 || 'kB',
    false
  )
