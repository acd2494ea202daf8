-- Ends the sessions that selfbench itself has in the database $1: what runs there fails at once. Nobody else's is ended.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = $1
  AND usename = current_user
  AND pid <> pg_backend_pid()
  AND (starts_with(application_name, 'benchbook') OR application_name = 'pgbench')
