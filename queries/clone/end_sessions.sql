-- Ends the sessions of this very login in the database $1 that bear the name $2 of one run of ours. Asked after SET ROLE
-- NONE, as another role may not.
SELECT count(pg_terminate_backend(pid))::integer AS ended
FROM pg_stat_activity
WHERE datname = $1
  AND usename = session_user
  AND pid <> pg_backend_pid()
  AND starts_with(application_name, $2)
