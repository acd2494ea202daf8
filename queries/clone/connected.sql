-- Who is connected to the database $1, but for sessions of this login that bear the name $2 of one run of ours. Vacuums
-- give way by themselves.
SELECT pid, usename AS role, application_name AS application
FROM pg_stat_activity
WHERE datname = $1
  AND pid <> pg_backend_pid()
  AND coalesce(backend_type, '') <> 'autovacuum worker'
  AND NOT (usename = session_user AND starts_with(application_name, $2))
ORDER BY pid
