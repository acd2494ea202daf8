-- The server's version, where names without a schema are looked for, and the oldest transaction that others have open.
SELECT
  current_setting('server_version_num')::integer / 10000 AS version,
  current_database() AS database,
  current_schemas(false)::text[] AS path,
  (SELECT array_agg(DISTINCT format('%I.%I', n.nspname, c.relname))
   FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
     AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm')) AS kept,
  (SELECT max(extract(epoch FROM clock_timestamp() - a.xact_start))::float8
   FROM pg_stat_activity a
   WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()) AS "oldestTransaction"
