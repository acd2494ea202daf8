-- Whether the receiver of slot $1 has stored everything up to $2.
SELECT confirmed_flush_lsn >= $2::pg_lsn AS confirmed, active, confirmed_flush_lsn::text AS lsn
FROM pg_replication_slots
WHERE slot_name = $1
