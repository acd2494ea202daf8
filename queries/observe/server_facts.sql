-- What the server is and what this role may see there. One row; PostgreSQL 14 and later.
SELECT
  current_setting('server_version') AS version,
  current_setting('server_version_num')::int AS version_number,
  current_setting('is_superuser') = 'on' AS superuser,
  pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS reads_all_stats,
  has_database_privilege(current_database(), 'CREATE') AS creates_schemas,
  EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS has_statements,
  pg_is_in_recovery() AS is_replica
