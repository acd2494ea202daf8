-- The tables of the schemas $1, partitions apart, the smallest first: with their primary key's columns, null where there is
-- none, and about so many rows.
SELECT
  n.nspname AS schema,
  c.relname AS name,
  greatest(c.reltuples, 0)::float8 AS rows,
  (
    SELECT array_agg(a.attname::text ORDER BY k.place)
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = c.oid AND i.indisprimary
  ) AS key
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relpages, n.nspname, c.relname
