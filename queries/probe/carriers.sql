-- What of logical replication is there that could carry the schema's table: $1 the schema.
SELECT
  to_regclass(format('%I.ledger', $1::text)) IS NOT NULL AS "table",
  EXISTS (SELECT FROM pg_publication) AS publications,
  EXISTS (SELECT FROM pg_publication_tables WHERE schemaname = $1 AND tablename = 'ledger') AS published,
  EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid = to_regclass(format('%I.ledger', $1::text))) AS subscribed
