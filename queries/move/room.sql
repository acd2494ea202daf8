-- Where the rows of this database lie, and how much of the write-ahead log is kept until the server may remove it again;
-- null: all of it, for archives and replicas.
SELECT
  CASE
    WHEN current_setting('archive_mode') = 'off' AND NOT EXISTS (SELECT FROM pg_replication_slots)
      THEN pg_size_bytes(current_setting('max_wal_size'))::float8
  END AS "mostLogBytes",
  -- Not there for who may not see it, or where they lie in another place.
  CASE WHEN t.spcname = 'pg_default' THEN (SELECT setting FROM pg_settings WHERE name = 'data_directory') END AS folder
FROM pg_database d
JOIN pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = current_database()
