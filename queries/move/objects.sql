-- What stands in the schemas $1, and the schemas themselves, but for what comes with something else, as indexes do.
SELECT 'pg_namespace'::regclass::oid AS classid, oid AS objid FROM pg_namespace WHERE nspname = ANY ($1::text[])
UNION ALL
SELECT 'pg_class'::regclass, c.oid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT 'pg_proc'::regclass, p.oid
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ANY ($1::text[])
UNION ALL
SELECT 'pg_type'::regclass, t.oid
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE n.nspname = ANY ($1::text[])
  AND (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c')
