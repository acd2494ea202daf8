-- Which database this is, however it was reached, and whether the role may ask which server.
SELECT
  current_database() AS database,
  (SELECT oid::bigint::float8 FROM pg_database WHERE datname = current_database()) AS oid,
  has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS "maySystem"
