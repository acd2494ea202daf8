-- What the schema says of itself; no row where it is not there, or is not the role's to remove.
SELECT obj_description(oid, 'pg_namespace') AS mark
FROM pg_namespace
WHERE nspname = $1 AND pg_has_role(nspowner, 'USAGE')
