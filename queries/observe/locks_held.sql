-- What sessions hold on relations: $1 integer[], their process ids. As others see it: what a transaction made is not
-- there yet, and what it renamed or dropped is still called as before. Left out are the catalog, TOAST, and indexes
-- unless nobody may even read by them.
SELECT l.pid, l.relation::bigint::float8 AS oid, format('%I.%I', n.nspname, c.relname) AS relation, l.mode
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = ANY ($1::integer[]) AND l.granted AND l.locktype = 'relation'
  -- Those below are the catalog's.
  AND l.relation >= 16384
  AND n.nspname <> 'pg_toast' AND (c.relkind NOT IN ('i', 'I') OR l.mode = 'AccessExclusiveLock')
