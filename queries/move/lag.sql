-- Log that the receiver of slot $1 has not confirmed to have stored, bytes; and whether it is connected.
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::float8 AS bytes, active
FROM pg_replication_slots
WHERE slot_name = $1
