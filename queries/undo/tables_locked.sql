-- Tables whose rows the server does not count one by one: those that this transaction holds for itself alone, as TRUNCATE,
-- DROP and ALTER do, and foreign tables that it writes, also as partitions.
SELECT c.oid::regclass::text AS name
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation'
  AND (l.mode = 'AccessExclusiveLock' OR l.mode = 'RowExclusiveLock' AND c.relkind = 'f')
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't'
ORDER BY 1
