-- The transactions of other sessions in this database, but for those of sessions whose name begins with $1, each with
-- whether it has begun to write into the schemas $2. Everybody may read pg_locks, also of other roles' sessions.
SELECT
  v.virtualxid AS transaction,
  EXISTS (
    SELECT FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = v.pid
      AND l.database = a.datid
      AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      AND n.nspname = ANY ($2::text[])
  ) AS writes
FROM pg_locks v
JOIN pg_stat_activity a ON a.pid = v.pid
WHERE v.locktype = 'virtualxid'
  AND v.mode = 'ExclusiveLock'
  AND v.pid <> pg_backend_pid()
  AND a.datname = current_database()
  AND coalesce(a.backend_type, 'client backend') = 'client backend'
  AND NOT starts_with(coalesce(a.application_name, ''), $1)
