-- The statements that give what stands in the schemas $1 its owners and rights, in their order, with the role that each needs;
-- null: everybody is meant. What belongs to the role that asks belongs at the target to the one that makes it. With an empty
-- search_path, so that every name is whole.
WITH
moved AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1::text[])),
named AS (
  SELECT 'SCHEMA' AS kind, 'SCHEMA' AS altered, n.nspowner AS owner, n.nspacl AS acl,
    'pg_namespace'::regclass::oid AS classid, n.oid AS objid, false AS bound
  FROM pg_namespace n
  JOIN moved m ON m.oid = n.oid
  UNION ALL
  SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, 'TABLE', c.relowner, c.relacl, 'pg_class'::regclass, c.oid,
    -- It goes with its table.
    c.relkind = 'S' AND EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    )
  FROM pg_class c
  JOIN moved m ON m.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL
  SELECT 'ROUTINE', 'ROUTINE', p.proowner, p.proacl, 'pg_proc'::regclass, p.oid, false
  FROM pg_proc p
  JOIN moved m ON m.oid = p.pronamespace
  UNION ALL
  SELECT 'TYPE', 'TYPE', t.typowner, t.typacl, 'pg_type'::regclass, t.oid, false
  FROM pg_type t
  JOIN moved m ON m.oid = t.typnamespace
  LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c'
),
object AS (
  SELECT n.*, o.identity AS name
  FROM named n
  CROSS JOIN LATERAL pg_identify_object(n.classid, n.objid, 0) o
  WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = n.classid AND d.objid = n.objid AND d.deptype = 'e')
),
granted AS (
  SELECT kind, name, owner, '' AS columns, a.* FROM object CROSS JOIN LATERAL aclexplode(acl) a
  UNION ALL
  SELECT o.kind, o.name, o.owner, format(' (%I)', c.attname), a.*
  FROM object o
  JOIN pg_attribute c ON c.attrelid = o.objid AND o.classid = 'pg_class'::regclass AND NOT c.attisdropped
  CROSS JOIN LATERAL aclexplode(c.attacl) a
)
SELECT kind, name, role, text
FROM (
  SELECT 1 AS rank, kind, name, r.rolname AS role, format('ALTER %s %s OWNER TO %I', altered, name, r.rolname) AS text
  FROM object
  JOIN pg_roles r ON r.oid = owner
  WHERE NOT bound AND r.rolname <> current_user
  UNION ALL
  -- What everybody may by default, as to run a function, is only there where it is granted.
  SELECT 2, kind, name, NULL, format('REVOKE ALL ON %s %s FROM PUBLIC', kind, name) FROM object WHERE acl IS NOT NULL
  UNION ALL
  SELECT
    3, kind, name, r.rolname,
    format(
      'GRANT %s%s ON %s %s TO %s%s', privilege_type, columns, kind, name, coalesce(quote_ident(r.rolname), 'PUBLIC'),
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END
    )
  FROM granted g
  LEFT JOIN pg_roles r ON r.oid = g.grantee
  WHERE g.grantee <> g.owner AND (g.grantee = 0 OR r.oid IS NOT NULL)
) found
ORDER BY rank, name, text
