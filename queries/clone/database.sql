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
  -- From version 15 on the copy goes through the write-ahead log, which the server shortens at checkpoints, but for what
  -- archives and replicas still need.
  CASE
    WHEN current_setting('server_version_num')::integer < 150000 THEN 0
    WHEN current_setting('archive_mode') <> 'off' OR EXISTS (SELECT FROM pg_replication_slots)
      THEN pg_database_size(d.oid)
    ELSE least(pg_database_size(d.oid), pg_size_bytes(current_setting('max_wal_size')))
  END::float8 AS "logBytes",
  t.spcname = 'pg_default' AS "inDataFolder",
  -- Not there for who may not see it.
  (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS "dataFolder"
FROM pg_database d
JOIN pg_tablespace t ON t.oid = d.dattablespace
JOIN pg_roles r ON r.rolname = current_user
WHERE d.datname = current_database()
