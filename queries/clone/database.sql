-- What decides whether this database can be cloned by the role, and how much of the disk that takes.
SELECT
  d.datname AS database,
  r.rolname AS role,
  pg_get_userbyid(d.datdba) AS owner,
  pg_backend_pid() AS pid,
  r.rolsuper AS superuser,
  r.rolsuper OR r.rolcreatedb AS "mayCreate",
  -- As CREATE DATABASE sees it.
  r.rolsuper OR d.datistemplate OR pg_has_role(r.oid, d.datdba, 'USAGE') AS "mayCopy",
  pg_database_size(d.oid)::float8 AS bytes,
  t.spcname = 'pg_default' AS "inDataFolder",
  -- Not there for who may not see it.
  (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS "dataFolder"
FROM pg_database d
JOIN pg_tablespace t ON t.oid = d.dattablespace
JOIN pg_roles r ON r.rolname = current_user
WHERE d.datname = current_database()
