-- What keeps the database $1 from being copied or dropped: sessions, but for those of this login that bear the name $2 of
-- one run of ours, and prepared transactions, which have no session. Vacuums give way by themselves.
SELECT
  pid, usename AS role, application_name AS application, host(client_addr) AS address, backend_start AS since
FROM pg_stat_activity
WHERE datname = $1
  AND pid <> pg_backend_pid()
  AND coalesce(backend_type, '') <> 'autovacuum worker'
  AND NOT (usename = session_user AND starts_with(application_name, $2))
UNION ALL
SELECT NULL, owner, gid, NULL, prepared FROM pg_prepared_xacts WHERE database = $1
ORDER BY pid, application
