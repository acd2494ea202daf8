-- Cancels what the sessions with the process ids $1 are at, as far as they are still those of this very client: the
-- server gives the ids of sessions that have ended to others'.
SELECT pg_cancel_backend(pid)
FROM pg_stat_activity
WHERE pid = ANY ($1::integer[])
  AND datname = current_database()
  AND usename = current_user
  AND application_name = current_setting('application_name')
