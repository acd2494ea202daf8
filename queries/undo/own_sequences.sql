-- Sequences that inserts draw from, with the columns that have them: of each insert in $1 (its schema, or null as the
-- search path finds it; its table; the names of the columns that it gives values, or how many of the first) the columns
-- that it leaves out.
SELECT DISTINCT
  pg_catalog.format('%I.%I', sn.nspname, s.relname) AS sequence,
  pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS "column"
FROM pg_catalog.jsonb_to_recordset($1::pg_catalog.jsonb) AS i (
  schema pg_catalog.text, name pg_catalog.text, names pg_catalog.text[], first pg_catalog.int4
)
JOIN pg_catalog.pg_class t ON t.relname = i.name
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  AND (tn.nspname = i.schema OR i.schema IS NULL AND pg_catalog.pg_table_is_visible(t.oid))
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = t.oid AND f.adnum = a.attnum
JOIN pg_catalog.pg_depend d ON
  -- Of an identity column the sequence depends on the column, else the default on the sequence.
  d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.oid AND d.refobjsubid = a.attnum
    AND d.deptype = 'i'
  OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
JOIN pg_catalog.pg_class s ON s.relkind = 'S'
  AND s.oid = CASE d.classid WHEN 'pg_catalog.pg_class'::pg_catalog.regclass THEN d.objid ELSE d.refobjid END
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
WHERE CASE
  WHEN i.names IS NOT NULL THEN a.attname <> ALL (i.names)
  ELSE (
    SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute b
    WHERE b.attrelid = t.oid AND b.attnum BETWEEN 1 AND a.attnum AND NOT b.attisdropped
  ) > i.first
END
ORDER BY 1, 2
