-- Tables outside of the database that a write reaches, foreign ones and catalogs that all databases share: of each table, by its schema in $1 (null: as the search path finds it) and its name
-- in $2, with what inherits from it and what a view reads.
WITH RECURSIVE written AS (
  SELECT c.oid
  FROM unnest($1::text[], $2::text[]) AS t (schema, name)
  JOIN pg_class c ON c.relname = t.name
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = t.schema OR t.schema IS NULL AND pg_table_is_visible(c.oid)
  UNION
  SELECT n.oid
  FROM written w
  CROSS JOIN LATERAL (
    SELECT i.inhrelid AS oid FROM pg_inherits i WHERE i.inhparent = w.oid
    UNION ALL
    SELECT d.refobjid
    FROM pg_rewrite r
    JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    WHERE r.ev_class = w.oid AND d.refobjid <> w.oid
  ) n
)
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relisshared AS shared
FROM written w
JOIN pg_class c ON c.oid = w.oid AND (c.relkind = 'f' OR c.relisshared)
JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY 1
