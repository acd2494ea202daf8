-- The statements that make the schemas $1 anew without their rows: what must stand before rows come. With an empty
-- search_path, so that every name is whole. Those of one rank may need each other: whoever runs them tries again what came
-- too early.
WITH
moved AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1::text[])),
relation AS (
  SELECT c.*, format('%I.%I', m.nspname, c.relname) AS name
  FROM pg_class c
  JOIN moved m ON m.oid = c.relnamespace
),
-- What belongs to an extension comes with it.
member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass),
needed AS (
  SELECT DISTINCT e.oid, e.extname, n.nspname
  FROM pg_depend d
  JOIN pg_depend m ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e'
    AND m.refclassid = 'pg_extension'::regclass
  JOIN pg_extension e ON e.oid = m.refobjid
  JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname <> 'plpgsql' AND (
    d.classid = 'pg_class'::regclass AND d.objid IN (SELECT oid FROM relation)
    OR d.classid = 'pg_proc'::regclass
      AND d.objid IN (SELECT p.oid FROM pg_proc p JOIN moved ON moved.oid = p.pronamespace)
    OR d.classid = 'pg_type'::regclass
      AND d.objid IN (SELECT t.oid FROM pg_type t JOIN moved ON moved.oid = t.typnamespace)
    OR d.classid = 'pg_attrdef'::regclass
      AND d.objid IN (SELECT a.oid FROM pg_attrdef a JOIN relation r ON r.oid = a.adrelid)
    OR d.classid = 'pg_constraint'::regclass
      AND d.objid IN (SELECT c.oid FROM pg_constraint c JOIN moved ON moved.oid = c.connamespace)
    OR d.classid = 'pg_rewrite'::regclass
      AND d.objid IN (SELECT w.oid FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class)
    OR d.classid = 'pg_trigger'::regclass
      AND d.objid IN (SELECT t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid)
  )
),
enum AS (
  SELECT
    format(
      'CREATE TYPE %I.%I AS ENUM (%s)', m.nspname, t.typname,
      (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
    ) AS text
  FROM pg_type t
  JOIN moved m ON m.oid = t.typnamespace
  WHERE t.typtype = 'e' AND t.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass)
),
domain AS (
  SELECT
    format(
      'CREATE DOMAIN %I.%I AS %s%s%s%s%s', m.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
      CASE WHEN t.typcollation <> b.typcollation
        THEN ' COLLATE ' || (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c
          JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = t.typcollation)
      END,
      ' DEFAULT ' || t.typdefault,
      CASE WHEN t.typnotnull THEN ' NOT NULL' END,
      (
        SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '' ORDER BY conname)
        FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'
      )
    ) AS text
  FROM pg_type t
  JOIN moved m ON m.oid = t.typnamespace
  JOIN pg_type b ON b.oid = t.typbasetype
  WHERE t.typtype = 'd' AND t.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass)
),
-- Of a sequence that is a column's identity, the table makes it.
sequence AS (
  SELECT
    r.oid,
    r.name,
    format(
      'AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', format_type(s.seqtypid, NULL),
      s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END
    ) AS options,
    d.refobjid AS owner,
    d.refobjsubid AS owner_column,
    coalesce(d.deptype = 'i', false) AS is_identity
  FROM relation r
  JOIN pg_sequence s ON s.seqrelid = r.oid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
),
row_column AS (
  SELECT
    a.attrelid,
    string_agg(
      format(
        E'\n  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> t.typcollation
          THEN ' COLLATE ' || (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c
            JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation)
        END,
        CASE
          WHEN a.attidentity <> '' THEN format(
            ' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',
            CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.name,
            substring(s.options FROM position(' INCREMENT' IN s.options) + 1)
          )
          WHEN a.attgenerated = 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
          WHEN a.attgenerated = 'v' THEN format(' GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(d.adbin, d.adrelid))
          WHEN d.oid IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
        END,
        CASE WHEN a.attnotnull AND r.relkind <> 'c' THEN
          -- From 18 on it has a name.
          coalesce(
            (
              SELECT format(' CONSTRAINT %I', conname) FROM pg_constraint
              WHERE conrelid = a.attrelid AND contype = 'n' AND conkey = ARRAY[a.attnum]
            ), ''
          ) || ' NOT NULL'
        END
      ),
      ',' ORDER BY a.attnum
    ) AS columns
  FROM pg_attribute a
  JOIN relation r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p', 'c')
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN sequence s ON s.is_identity AND s.owner = a.attrelid AND s.owner_column = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped
  GROUP BY a.attrelid
)
SELECT rank, text
FROM (
  SELECT 1 AS rank, format('CREATE SCHEMA IF NOT EXISTS %I', nspname) AS text FROM moved
  UNION ALL
  SELECT 2, format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', extname, nspname) FROM needed
  UNION ALL
  SELECT 3, text FROM enum
  UNION ALL
  SELECT 3, text FROM domain
  UNION ALL
  SELECT 3, format('CREATE TYPE %s AS (%s)', r.name, c.columns)
  FROM relation r
  JOIN row_column c ON c.attrelid = r.oid
  WHERE r.relkind = 'c' AND r.reltype NOT IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass)
  UNION ALL
  SELECT 3, format('CREATE SEQUENCE %s %s', name, options) FROM sequence WHERE NOT is_identity
  UNION ALL
  SELECT
    3,
    format(
      'CREATE TABLE %s (%s)%s%s', r.name, c.columns,
      CASE WHEN r.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(r.oid) END,
      ' WITH (' || array_to_string(r.reloptions, ', ') || ')'
    )
  FROM relation r
  LEFT JOIN row_column c ON c.attrelid = r.oid
  WHERE r.relkind IN ('r', 'p') AND r.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass)
  UNION ALL
  -- Of an aggregate there is none, and the planner may ask before it filters.
  SELECT 3, CASE WHEN p.prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(p.oid) END
  FROM pg_proc p
  JOIN moved m ON m.oid = p.pronamespace
  WHERE p.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass)
  UNION ALL
  SELECT
    3,
    format(
      'CREATE %s %s%s AS %s', CASE r.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name,
      ' WITH (' || array_to_string(r.reloptions, ', ') || ')', rtrim(pg_get_viewdef(r.oid), ';')
    ) || CASE r.relkind WHEN 'm' THEN ' WITH NO DATA' ELSE '' END
  FROM relation r
  WHERE r.relkind IN ('v', 'm') AND r.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass)
  UNION ALL
  SELECT
    4, format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s', parent.name, r.name, pg_get_expr(r.relpartbound, r.oid))
  FROM relation r
  JOIN pg_inherits i ON i.inhrelid = r.oid
  JOIN relation parent ON parent.oid = i.inhparent
  WHERE r.relispartition AND r.relkind IN ('r', 'p')
  UNION ALL
  SELECT 4, format('ALTER SEQUENCE %s OWNED BY %s.%I', s.name, r.name, a.attname)
  FROM sequence s
  JOIN relation r ON r.oid = s.owner
  JOIN pg_attribute a ON a.attrelid = s.owner AND a.attnum = s.owner_column
  WHERE NOT s.is_identity
  UNION ALL
  -- Rows that come by replication are found by it.
  SELECT
    5, format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', r.name, c.conname, pg_get_constraintdef(c.oid))
  FROM pg_constraint c
  JOIN relation r ON r.oid = c.conrelid
  WHERE c.contype = 'p'
  UNION ALL
  -- How values are stored is decided as they come.
  SELECT
    5,
    format(
      'ALTER TABLE ONLY %s ALTER COLUMN %I SET STORAGE %s', r.name, a.attname,
      CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END
    )
  FROM pg_attribute a
  JOIN relation r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attstorage <> t.typstorage
  UNION ALL
  SELECT
    5,
    format(
      'ALTER TABLE ONLY %s ALTER COLUMN %I SET COMPRESSION %s', r.name, a.attname,
      CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END
    )
  FROM pg_attribute a
  JOIN relation r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attcompression <> ''
  UNION ALL
  SELECT 5, format('ALTER TABLE %s SET (%s)', r.name, 'toast.' || array_to_string(t.reloptions, ', toast.'))
  FROM relation r
  JOIN pg_class t ON t.oid = r.reltoastrelid
  WHERE r.relkind = 'r' AND t.reloptions IS NOT NULL
  UNION ALL
  SELECT 6, format('ALTER INDEX %s ATTACH PARTITION %s', parent.name, r.name)
  FROM pg_inherits i
  JOIN relation r ON r.oid = i.inhrelid AND r.relkind IN ('i', 'I')
  JOIN relation parent ON parent.oid = i.inhparent
  JOIN pg_constraint c ON c.conindid = r.oid AND c.contype = 'p'
) found
WHERE text IS NOT NULL
ORDER BY rank, text
