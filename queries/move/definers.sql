-- Functions of the schemas $1 that run with the rights of their owner, and who that is.
SELECT p.oid::regprocedure::text AS name, r.rolname AS role
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_roles r ON r.oid = p.proowner
WHERE n.nspname = ANY ($1::text[]) AND p.prosecdef
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
