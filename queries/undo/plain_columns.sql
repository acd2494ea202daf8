-- Columns of the tables $1 or their partitions that stay NULL where nobody gives them a value, as the catalogue names
-- them: no default of their own or of their type's, not generated, and NULL is allowed.
WITH written AS (
  SELECT p.relid AS oid
  FROM unnest($1::text[]) AS t (name)
  CROSS JOIN LATERAL pg_partition_tree(to_regclass(t.name)) AS p
  UNION
  SELECT to_regclass(t.name) FROM unnest($1::text[]) AS t (name)
)
SELECT format('table column %s', (pg_identify_object('pg_class'::regclass, a.attrelid, a.attnum)).identity) AS what
FROM written w
JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid
WHERE NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.attnotnull AND y.typtype <> 'd'
