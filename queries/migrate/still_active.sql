-- Whether the session $1 that began at $2 still runs a statement. A process of that number that began at another moment is
-- somebody else's.
SELECT EXISTS (
  SELECT FROM pg_stat_activity
  WHERE pid = $1 AND extract(epoch FROM backend_start)::text = $2 AND datname = current_database() AND state = 'active'
) AS active
