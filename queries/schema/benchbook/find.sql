-- The marker of the data set $1. One that an older Benchbook made has no variation, tables, schemas, relations and
-- objects.
SELECT
  name, scale, seed::text, generator, status, counts, row_count::float8 AS rows, bytes::float8 AS bytes, hash,
  coalesce(to_jsonb(d) ->> 'variation', '') AS variation,
  to_jsonb(d) -> 'tables' AS tables,
  to_jsonb(d) -> 'schemas' AS schemas,
  to_jsonb(d) -> 'relations' AS relations,
  to_jsonb(d) -> 'objects' AS objects
FROM benchbook.dataset d
WHERE name = $1
