-- Whether the session $1 still runs a statement.
SELECT EXISTS (
  SELECT FROM pg_stat_activity WHERE pid = $1 AND datname = current_database() AND state = 'active'
) AS active
