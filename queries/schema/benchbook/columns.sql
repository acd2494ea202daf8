-- The columns of all tables in the schemas $1, with their types as PostgreSQL writes them. Partitions have their
-- table's columns, and nothing can be written into a generated one.
SELECT
  n.nspname AS schema,
  c.relname AS table,
  a.attname AS column,
  format_type(a.atttypid, a.atttypmod) AS type,
  a.attnotnull AS "notNull"
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[])
  AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND a.attgenerated = ''
ORDER BY n.nspname, c.relname, a.attnum
