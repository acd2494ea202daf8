-- Ends the session $1 that began at $2 and was opened by this very login, and no other that has its process number by now;
-- waits so many ms for it.
SELECT pg_terminate_backend(pid, $3)
FROM pg_stat_activity
WHERE pid = $1
  AND extract(epoch FROM backend_start)::text = $2
  AND datname = current_database()
  AND usename = session_user
