-- How far a subscription $1 is with the copy of its tables: those that are ready, those that are not, and what was read.
SELECT
  (SELECT count(*)::float8 FROM pg_subscription_rel r WHERE r.srsubid = s.oid) AS tables,
  (SELECT count(*)::float8 FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate = 'r') AS ready,
  (
    SELECT coalesce(sum(pg_table_size(r.srrelid)), 0)::float8 FROM pg_subscription_rel r WHERE r.srsubid = s.oid
  ) AS bytes,
  (
    SELECT string_agg(r.srrelid::regclass::text, ', ' ORDER BY r.srrelid::regclass::text)
    FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r'
  ) AS missing
FROM pg_subscription s
WHERE s.subname = $1
