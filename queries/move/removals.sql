-- How what a move has made at the target is dropped, by oid: foreign keys first, which may stand in a circle; then tables.
SELECT removal
FROM (
  SELECT
    0 AS rank, format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS removal
  FROM {schema}.made m
  JOIN pg_constraint c ON c.conrelid = m.objid
  WHERE m.classid = 'pg_class'::regclass AND c.contype = 'f' AND c.conparentid = 0
  UNION ALL
  SELECT
    CASE o.type WHEN 'table' THEN 1 WHEN 'schema' THEN 3 ELSE 2 END, format('DROP %s %s', o.type, o.identity)
  FROM {schema}.made m
  CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) o
  WHERE o.identity IS NOT NULL
) found
ORDER BY rank, removal
