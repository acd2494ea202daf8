-- The tables of the schemas $1, partitions too, which hold the rows of what they are parts of: with the columns that tell
-- rows apart, and what they take on disk.
SELECT
  n.nspname AS schema,
  c.relname AS name,
  format('%I.%I', n.nspname, c.relname) AS relation,
  c.relkind = 'p' AS partitioned,
  c.relispartition AS partition,
  greatest(c.reltuples, 0)::float8 AS rows,
  pg_table_size(c.oid)::float8 AS bytes,
  (
    SELECT array_agg(a.attname::text ORDER BY k.place)
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
  ) AS key,
  (
    SELECT array_agg(format('%I.%I', tn.nspname, t.typname) ORDER BY k.place)
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
    WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
  ) AS types
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'
  )
ORDER BY n.nspname, c.relname
