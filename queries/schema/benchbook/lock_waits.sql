-- Which locks sessions of ours wait for, and who stands against them: for those with the process ids $1, and those whose
-- name begins with $2. What the role may not see of others stays NULL; a holder without a session (0) is a transaction
-- that was prepared. Whoever waits for a row waits for the transaction that wrote it, and has the row itself locked.
SELECT
  l.mode,
  CASE
    WHEN c.oid IS NULL THEN l.locktype
    WHEN l.locktype = 'relation' THEN format('%I.%I', n.nspname, c.relname)
    ELSE format('a row of %I.%I', n.nspname, c.relname)
  END AS what,
  holder.pid,
  h.application_name AS application,
  h.usename AS role,
  h.state,
  extract(epoch FROM clock_timestamp() - h.state_change)::float8 AS seconds
FROM pg_stat_activity a
JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
LEFT JOIN pg_locks t ON t.pid = a.pid AND t.locktype = 'tuple' AND t.granted AND l.locktype = 'transactionid'
LEFT JOIN pg_class c ON c.oid = coalesce(l.relation, t.relation)
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS holder (pid)
LEFT JOIN pg_stat_activity h ON h.pid = holder.pid
WHERE a.datname = current_database()
  AND (a.pid = ANY ($1::integer[]) OR starts_with(a.application_name, $2))
ORDER BY a.pid, holder.pid
