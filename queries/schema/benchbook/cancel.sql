-- Cancels what the sessions with the process ids $1 are at, as far as they are still those of this very client: the
-- server gives the ids of sessions that have ended to others'. Asked after SET ROLE NONE: another role than the one that
-- has logged in may not.
SELECT pg_cancel_backend(pid)
FROM pg_stat_activity
WHERE pid = ANY ($1::integer[])
  AND datname = current_database()
  AND usename = session_user
  AND application_name = current_setting('application_name')
