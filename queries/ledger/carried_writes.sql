-- Where PostgreSQL itself writes on: from a table to those whose foreign keys refer to it, from columns to generated ones,
-- from a partition or an heir to what it is part of, and from what has heirs to these. `removing` and `updating` are the actions of a foreign key as
-- pg_constraint has them.
SELECT
  'key' AS kind,
  pn.nspname || '.' || p.relname AS source,
  n.nspname || '.' || c.relname AS target,
  ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = p.oid AND attnum = ANY (k.confkey)) AS of,
  ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum = ANY (k.conkey)) AS columns,
  k.confdeltype::text AS removing,
  k.confupdtype::text AS updating
FROM pg_constraint k
JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f'
UNION ALL
SELECT
  'generated',
  n.nspname || '.' || c.relname,
  n.nspname || '.' || c.relname,
  array_agg(source.attname::text),
  ARRAY[made.attname::text],
  'a',
  'c'
FROM pg_attrdef e
JOIN pg_attribute made ON made.attrelid = e.adrelid AND made.attnum = e.adnum AND made.attgenerated <> ''
JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = e.adrelid
  AND (
    d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
    OR d.classid = 'pg_class'::regclass AND d.objid = e.adrelid AND d.objsubid = e.adnum
  )
JOIN pg_attribute source ON source.attrelid = e.adrelid AND source.attnum = d.refobjsubid
  AND source.attnum <> made.attnum
JOIN pg_class c ON c.oid = e.adrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
GROUP BY n.nspname, c.relname, made.attname
UNION ALL
SELECT
  'part',
  n.nspname || '.' || c.relname,
  pn.nspname || '.' || p.relname,
  ARRAY[]::text[],
  ARRAY[]::text[],
  'a',
  'a'
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace pn ON pn.oid = p.relnamespace
UNION ALL
SELECT
  'part',
  pn.nspname || '.' || p.relname,
  n.nspname || '.' || c.relname,
  ARRAY[]::text[],
  ARRAY[]::text[],
  'a',
  'a'
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r' AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace pn ON pn.oid = p.relnamespace
