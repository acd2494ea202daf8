-- Schemas among $1 for which ALTER DEFAULT PRIVILEGES was said.
SELECT DISTINCT n.nspname AS name
FROM pg_default_acl d
JOIN pg_namespace n ON n.oid = d.defaclnamespace
WHERE n.nspname = ANY ($1::text[])
ORDER BY 1
