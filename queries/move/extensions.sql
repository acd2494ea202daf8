-- Extensions of this database whose types, functions or operators the schemas $1 use, or that stand in them.
WITH
moved AS (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[])),
relation AS (SELECT c.oid FROM pg_class c JOIN moved m ON m.oid = c.relnamespace),
using_it AS (
  SELECT 'pg_class'::regclass AS classid, oid AS objid FROM relation
  UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p JOIN moved m ON m.oid = p.pronamespace
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN moved m ON m.oid = t.typnamespace
  UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN moved m ON m.oid = c.connamespace
  UNION ALL SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a JOIN relation r ON r.oid = a.adrelid
  UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class
  UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
)
SELECT DISTINCT e.extname AS name
FROM pg_depend d
JOIN using_it u ON u.classid = d.classid AND u.objid = d.objid
JOIN pg_depend m ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e'
  AND m.refclassid = 'pg_extension'::regclass
JOIN pg_extension e ON e.oid = m.refobjid
WHERE e.extname <> 'plpgsql' AND d.deptype <> 'e'
ORDER BY 1
