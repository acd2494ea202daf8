-- Which server and database this is, however it was reached. The system identifier is the same for a server and its
-- replicas, and nobody else's.
SELECT
  current_database() AS database,
  (SELECT oid::bigint::float8 FROM pg_database WHERE datname = current_database()) AS oid,
  CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
    THEN (SELECT system_identifier::text FROM pg_control_system())
  END AS system
