-- What statements took so far in some databases of the server, milliseconds, by their texts.
SELECT d.datname AS database, s.query, sum(s.calls)::float8 AS calls, sum(s.total_exec_time) AS ms
FROM pg_stat_statements s
JOIN pg_catalog.pg_database d ON d.oid = s.dbid
WHERE d.datname = ANY ($1)
GROUP BY d.datname, s.query
