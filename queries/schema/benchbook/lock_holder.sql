-- Who holds Benchbook's advisory lock ($1, $2) of this database. Address and time stay NULL for a role that may not
-- look at the sessions of others.
SELECT a.application_name AS application, host(a.client_addr) AS address, a.backend_start AS since, l.pid
FROM pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid, l.objid, l.objsubid) = ($1::integer::oid, $2::integer::oid, 2)
