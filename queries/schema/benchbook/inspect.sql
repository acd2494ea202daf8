-- What must be known before anything is created: $1 are the data set's schemas.
SELECT
  current_database() AS database,
  current_setting('server_version_num')::integer AS version,
  current_setting('server_version') AS version_text,
  pg_encoding_to_char(encoding) AS encoding,
  has_database_privilege(oid, 'CREATE') AS may_create,
  pg_backend_pid() AS pid,
  ARRAY(SELECT nspname::text FROM pg_namespace WHERE nspname = ANY ($1::text[])) AS schemas,
  EXISTS (SELECT FROM pg_namespace WHERE nspname = 'benchbook') AS marker_schema_exists,
  -- By a mark and not by a name: somebody else may call a schema so, and a table in it.
  to_regclass('benchbook.dataset') IS NOT NULL
    AND coalesce(obj_description(to_regnamespace('benchbook'), 'pg_namespace') LIKE 'Benchbook: %', false)
    AS marker_exists
FROM pg_database
WHERE datname = current_database()
