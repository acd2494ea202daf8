-- Privileges on what is in the schemas $1 that it would not have again if the same owner made it anew: what is
-- neither PostgreSQL's default nor the owner's default for the whole database.
WITH space AS (
  SELECT oid, nspowner, nspacl FROM pg_namespace WHERE nspname = ANY ($1::text[])
), object AS (
  SELECT 'pg_namespace'::regclass AS classid, oid, 0 AS sub, 'n'::"char" AS kind, nspowner AS owner, nspacl AS acl
  FROM space
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, 0, 'r', c.relowner, c.relacl
  FROM pg_class c
  JOIN space ON space.oid = c.relnamespace
  WHERE c.relkind <> 'S'
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum, 'c', c.relowner, a.attacl
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN space ON space.oid = c.relnamespace
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, 'f', p.proowner, p.proacl
  FROM pg_proc p
  JOIN space ON space.oid = p.pronamespace
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, 'T', t.typowner, t.typacl
  FROM pg_type t
  JOIN space ON space.oid = t.typnamespace
), changed AS (
  SELECT o.classid, o.oid, o.sub, privilege.grantee
  FROM object o
  CROSS JOIN LATERAL (
    SELECT coalesce(
      (
        SELECT defaclacl
        FROM pg_default_acl
        WHERE (defaclrole, defaclnamespace, defaclobjtype) = (o.owner, 0::oid, o.kind)
      ),
      acldefault(o.kind, o.owner)
    ) AS acl
  ) AS usual
  CROSS JOIN LATERAL (
    (
      SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.acl)
      EXCEPT
      SELECT grantee, privilege_type, is_grantable FROM aclexplode(usual.acl)
    )
    UNION
    (
      SELECT grantee, privilege_type, is_grantable FROM aclexplode(usual.acl)
      EXCEPT
      SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.acl)
    )
  ) AS privilege
  WHERE o.acl IS NOT NULL
)
SELECT DISTINCT format(
  'privileges of %s on %s %s',
  CASE c.grantee WHEN 0 THEN 'PUBLIC' ELSE 'role ' || coalesce(quote_ident(r.rolname), c.grantee::text) END,
  i.type,
  i.identity
) AS object
FROM changed c
LEFT JOIN pg_roles r ON r.oid = c.grantee
CROSS JOIN LATERAL pg_identify_object(c.classid, c.oid, c.sub) AS i
ORDER BY object
