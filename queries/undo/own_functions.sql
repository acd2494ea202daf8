-- Functions and procedures of the user's that SQL calls: by its schema in $1 (null: as the search path finds it) and its
-- name in $2. Those of PostgreSQL itself and of extensions are taken to write into no table of the user's.
SELECT DISTINCT
  p.oid::pg_catalog.text AS id,
  pg_catalog.format('%I.%I()', n.nspname, p.proname) AS name,
  l.lanname AS language,
  p.provolatile = 'v' AS volatile,
  p.prosrc AS source,
  pg_catalog.pg_get_functiondef(p.oid) AS definition
FROM unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) AS c (schema, name)
JOIN pg_catalog.pg_proc p ON p.proname = c.name AND p.prokind IN ('f', 'p')
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  AND (n.nspname = c.schema OR c.schema IS NULL AND pg_catalog.pg_function_is_visible(p.oid))
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
ORDER BY name, id
