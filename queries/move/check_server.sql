-- What a server must be and have room for, to send or to receive by logical replication.
SELECT
  current_setting('server_version_num')::int / 10000 AS major,
  current_setting('server_version') AS version,
  current_setting('wal_level') AS "walLevel",
  pg_is_in_recovery() AS "isReplica",
  current_user AS role,
  r.rolsuper AS superuser,
  r.rolsuper OR r.rolreplication AS replication,
  has_database_privilege(current_database(), 'CREATE') AS "mayCreate",
  current_setting('max_replication_slots')::float8 - (SELECT count(*) FROM pg_replication_slots) AS slots,
  current_setting('max_wal_senders')::float8
    - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender') AS senders,
  current_setting('max_logical_replication_workers')::float8
    - (SELECT count(*) FROM pg_stat_activity WHERE backend_type ~ '^logical replication (apply|parallel|tablesync|worker)')
    AS workers,
  pg_postmaster_start_time()::text || ' ' || current_database() AS identity
FROM pg_roles r
WHERE r.rolname = current_user
