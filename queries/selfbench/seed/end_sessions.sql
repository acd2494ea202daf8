-- Ends the sessions in the database $1 that this very selfbench has opened, by the mark $2 that all their names end with:
-- what runs there fails at once. Nobody else's is ended, be it one of pgbench or of another selfbench. Asked after SET ROLE
-- NONE, see queries/undo/end_statements.sql.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = $1
  AND usename = session_user
  AND pid <> pg_backend_pid()
  AND right(application_name, length($2)) = $2
