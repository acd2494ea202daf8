-- The ledger of a probe: a row a write, in a schema that nothing else is in. A write that somebody sends once more on its way is a
-- second row, as its moment is another; the key is what logical replication and many rules of houses ask for. The server
-- that a row was written at is told by the moment at which that began to run: a replica has the row as it was written.
CREATE TABLE {schema}.ledger (
  slot bigint NOT NULL,
  value bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started timestamptz NOT NULL DEFAULT pg_postmaster_start_time(),
  PRIMARY KEY (slot, at)
)
