-- Rows of the ledger of slots from $1 to below $2. Rows that came by one transaction, as those of a copy do, have the same xmin.
SELECT
  slot::text AS slot, value::text AS value, xmin::text AS xmin,
  (extract(epoch FROM started) * 1000000)::bigint::text AS started
FROM {schema}.ledger
WHERE slot >= $1 AND slot < $2
ORDER BY slot
