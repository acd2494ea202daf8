-- What a copy of the schemas $1 has to do: rows and their bytes, entries of indexes that are made after them, rows whose
-- foreign keys are looked up, and how many tables there are.
WITH
relation AS (
  SELECT c.oid, greatest(c.reltuples, 0)::float8 AS rows, pg_table_size(c.oid)::float8 AS bytes
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1::text[]) AND c.relkind = 'r'
)
SELECT
  count(*)::float8 AS tables,
  coalesce(sum(rows), 0) AS rows,
  coalesce(sum(bytes), 0) AS bytes,
  coalesce(sum(rows * (SELECT count(*) FROM pg_index WHERE indrelid = oid AND NOT indisprimary)), 0)::float8 AS entries,
  coalesce(sum(rows * (SELECT count(*) FROM pg_constraint WHERE conrelid = oid AND contype = 'f')), 0)::float8 AS looked
FROM relation
