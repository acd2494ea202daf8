-- Code of the user's that a change has run, as part of a sentence: the functions that it calls, by schema in $1 (null: as the
-- search path finds it) and name in $2, and what hangs on the tables $3 that it writes. PostgreSQL's functions, those of
-- extensions, and such as are not VOLATILE write into no table of the user's.
SELECT 'the function ' || coalesce(c.schema || '.', '') || c.name || '()' AS code
FROM unnest($1::text[], $2::text[]) AS c (schema, name)
WHERE NOT EXISTS (
  SELECT
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proname = c.name AND (n.nspname = c.schema OR c.schema IS NULL)
    AND (
      n.nspname = 'pg_catalog'
      OR p.provolatile <> 'v'
      OR EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      )
    )
)
UNION
SELECT 'the trigger ' || t.tgname || ' of ' || n.nspname || '.' || c.relname
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY ($3::text[]) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
UNION
SELECT 'the rule ' || r.rulename || ' of ' || n.nspname || '.' || c.relname
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY ($3::text[]) AND r.ev_type <> '1'
ORDER BY code
