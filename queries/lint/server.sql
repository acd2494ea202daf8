-- The server's version, where names without a schema are looked for, and the oldest transaction that others have open.
SELECT
  current_setting('server_version_num')::integer / 10000 AS version,
  current_database() AS database,
  current_schemas(false)::text[] AS path,
  (SELECT max(extract(epoch FROM clock_timestamp() - a.xact_start))::float8
   FROM pg_stat_activity a
   WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()) AS "oldestTransaction"
