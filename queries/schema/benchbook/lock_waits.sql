-- Which locks sessions of ours wait for, and who stands against them: for those with the process ids $1, and those whose
-- name begins with $2. What the role may not see of others stays NULL; a holder without a session (0) is a transaction
-- that was prepared.
SELECT
  l.mode,
  coalesce(format('%I.%I', n.nspname, c.relname), l.locktype) AS what,
  holder.pid,
  h.application_name AS application,
  h.usename AS role,
  h.state,
  extract(epoch FROM clock_timestamp() - h.state_change)::float8 AS seconds
FROM pg_stat_activity a
JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
LEFT JOIN pg_class c ON c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS holder (pid)
LEFT JOIN pg_stat_activity h ON h.pid = holder.pid
WHERE a.datname = current_database()
  AND (a.pid = ANY ($1::integer[]) OR starts_with(a.application_name, $2))
ORDER BY a.pid, holder.pid
