-- The statements that give the tables of the schemas $1 what is faster, or only right, once their rows are there: other
-- indexes, constraints, triggers, statistics and comments.
WITH
moved AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1::text[])),
relation AS (
  SELECT c.*, format('%I.%I', m.nspname, c.relname) AS name
  FROM pg_class c
  JOIN moved m ON m.oid = c.relnamespace
),
-- Replica identity by an index needs that index before the rows, and is refused.
loose AS (
  SELECT r.oid, r.name, i.indexrelid
  FROM pg_index i
  JOIN relation r ON r.oid = i.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
),
described AS (
  SELECT o.type, o.identity, d.description
  FROM pg_description d
  CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  WHERE d.classoid = 'pg_class'::regclass AND d.objoid IN (SELECT oid FROM relation)
    OR d.classoid = 'pg_proc'::regclass AND d.objoid IN (SELECT p.oid FROM pg_proc p JOIN moved m ON m.oid = p.pronamespace)
    OR d.classoid = 'pg_type'::regclass AND d.objoid IN (SELECT t.oid FROM pg_type t JOIN moved m ON m.oid = t.typnamespace)
    OR d.classoid = 'pg_constraint'::regclass
      AND d.objoid IN (SELECT c.oid FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid)
    OR d.classoid = 'pg_trigger'::regclass
      AND d.objoid IN (SELECT t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid)
    OR d.classoid = 'pg_statistic_ext'::regclass
      AND d.objoid IN (SELECT s.oid FROM pg_statistic_ext s JOIN moved m ON m.oid = s.stxnamespace)
    OR d.classoid = 'pg_namespace'::regclass AND d.objoid IN (SELECT oid FROM moved)
)
SELECT rank, text
FROM (
  SELECT 1 AS rank, pg_get_indexdef(oid) AS text FROM loose
  UNION ALL
  SELECT 1, format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', r.name, c.conname, pg_get_constraintdef(c.oid))
  FROM pg_constraint c
  JOIN relation r ON r.oid = c.conrelid
  WHERE c.contype IN ('u', 'x')
  UNION ALL
  SELECT 2, format('ALTER INDEX %s ATTACH PARTITION %s', parent.name, r.name)
  FROM pg_inherits i
  JOIN relation r ON r.oid = i.inhrelid AND r.relkind IN ('i', 'I')
  JOIN relation parent ON parent.oid = i.inhparent
  WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = r.oid AND contype = 'p')
  UNION ALL
  SELECT
    3,
    format(
      'ALTER TABLE %s%s ADD CONSTRAINT %I %s', CASE WHEN r.relkind = 'p' THEN '' ELSE 'ONLY ' END, r.name, c.conname,
      pg_get_constraintdef(c.oid)
    )
  FROM pg_constraint c
  JOIN relation r ON r.oid = c.conrelid
  WHERE c.contype = 'c' AND c.conislocal AND c.coninhcount = 0
  UNION ALL
  SELECT 4, format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, c.conname, pg_get_constraintdef(c.oid))
  FROM pg_constraint c
  JOIN relation r ON r.oid = c.conrelid
  WHERE c.contype = 'f' AND c.conparentid = 0
  UNION ALL
  SELECT 5, pg_get_statisticsobjdef(s.oid)
  FROM pg_statistic_ext s
  JOIN moved m ON m.oid = s.stxnamespace
  UNION ALL
  SELECT 6, pg_get_triggerdef(t.oid)
  FROM pg_trigger t
  JOIN relation r ON r.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgfoid NOT IN (
    -- The fence's.
    SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE obj_description(n.oid, 'pg_namespace') ~ '^Benchbook: a move of run \S+, [0-9a-f]+$'
  )
  UNION ALL
  SELECT
    7,
    format(
      'ALTER TABLE %s %s TRIGGER %I', r.name,
      CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, t.tgname
    )
  FROM pg_trigger t
  JOIN relation r ON r.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'O'
  UNION ALL
  -- Of a partition it may be another one than the whole table's.
  SELECT
    8,
    format(
      'ALTER TABLE %s %s TRIGGER %I', r.name,
      CASE t.tgenabled
        WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA'
      END, t.tgname
    )
  FROM pg_trigger t
  JOIN pg_trigger whole ON whole.oid = t.tgparentid
  JOIN relation r ON r.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgenabled <> whole.tgenabled
  UNION ALL
  SELECT 8, format('ALTER TABLE %s CLUSTER ON %I', r.name, c.relname)
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN relation r ON r.oid = i.indrelid
  WHERE i.indisclustered
  UNION ALL
  SELECT 8, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s', r.name, a.attname, a.attstattarget)
  FROM pg_attribute a
  JOIN relation r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p', 'm')
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget >= 0
  UNION ALL
  SELECT 8, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', r.name, a.attname, string_agg(o.option, ', '))
  FROM pg_attribute a
  JOIN relation r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p', 'm')
  -- PostgreSQL's own are not for others to set, as pg_attver of Debian's 15.20, a column's version.
  JOIN unnest(a.attoptions) AS o (option) ON o.option NOT LIKE 'pg\_%'
  WHERE a.attnum > 0 AND NOT a.attisdropped
  GROUP BY r.name, a.attrelid, a.attnum, a.attname
  UNION ALL
  SELECT
    9,
    format(
      'COMMENT ON %s %s IS %L',
      CASE
        WHEN type LIKE '% column' THEN 'COLUMN'
        WHEN type = 'table constraint' THEN 'CONSTRAINT'
        WHEN type = 'composite type' THEN 'TYPE'
        WHEN type = 'statistics object' THEN 'STATISTICS'
        ELSE upper(type)
      END, identity, description
    )
  FROM described
  UNION ALL
  SELECT 10, format('REFRESH MATERIALIZED VIEW %s', name) FROM relation WHERE relkind = 'm' AND relispopulated
  UNION ALL
  SELECT 11, format('ANALYZE %s', name) FROM relation WHERE relkind = 'r' OR relkind = 'p' AND NOT relispartition
) found
ORDER BY rank, text
