-- Indexes that are INVALID and that no other session than $1 is building: of those nothing is known yet. Those of
-- partitioned tables are INVALID on purpose until each partition has its own. "own" are those that a statement for the
-- index $2 leaves, which is named as SQL names it: itself, or what REINDEX builds in its place.
WITH named AS (
  SELECT name[cardinality(name)] AS index, CASE cardinality(name) WHEN 1 THEN NULL ELSE name[1] END AS schema
  FROM parse_ident($2) AS name
)
SELECT
  i.indexrelid::text AS oid,
  format('%I.%I', n.nspname, c.relname) AS name,
  c.relname AS index,
  EXISTS (
    SELECT FROM named
    WHERE n.nspname = coalesce(named.schema, n.nspname)
      AND (c.relname = named.index OR starts_with(c.relname, left(named.index, 56) || '_ccnew'))
  ) AS own
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid
  AND c.relkind = 'i'
  AND n.nspname <> 'pg_toast'
  AND NOT EXISTS (
    SELECT FROM pg_stat_progress_create_index p
    WHERE p.datname = current_database() AND p.index_relid = i.indexrelid AND p.pid <> $1::integer
  )
ORDER BY name
