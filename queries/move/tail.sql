-- What was written into the tables of publication $2 since this was last asked, as messages of PostgreSQL's own replication.
SELECT data
FROM pg_logical_slot_get_binary_changes($1, $3::pg_lsn, NULL, 'proto_version', '1', 'publication_names', $2)
