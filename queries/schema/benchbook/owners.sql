-- Who else owns something in the schemas $1 than roles whose rights this session has: only owners may drop it.
SELECT DISTINCT r.rolname AS owner, current_user AS role
FROM (
  SELECT nspowner FROM pg_namespace WHERE nspname = ANY ($1::text[])
  UNION
  SELECT c.relowner
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1::text[])
) AS o (oid)
JOIN pg_roles r ON r.oid = o.oid
WHERE NOT pg_has_role(o.oid, 'USAGE')
ORDER BY owner
