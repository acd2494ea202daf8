-- What in the schemas $1 cannot be moved: kinds of problems, and each thing's name.
WITH
moved AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1::text[])),
relation AS (
  SELECT c.*, format('%I.%I', m.nspname, c.relname) AS name
  FROM pg_class c
  JOIN moved m ON m.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
)
SELECT problem, name
FROM (
  SELECT 'unlogged' AS problem, name FROM relation WHERE relkind = 'r' AND relpersistence = 'u'
  UNION ALL
  SELECT 'no key', r.name
  FROM relation r
  WHERE r.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary AND i.indimmediate)
  UNION ALL
  SELECT 'identity', r.name
  FROM relation r
  WHERE r.relkind IN ('r', 'p') AND (
    r.relreplident = 'n'
    OR r.relreplident = 'i'
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisreplident AND i.indisprimary)
  )
  UNION ALL
  SELECT 'owner', r.name
  FROM relation r
  WHERE r.relkind IN ('r', 'p') AND NOT pg_has_role(r.relowner, 'USAGE')
  UNION ALL
  SELECT 'large objects', format('%s.%I', r.name, a.attname)
  FROM relation r
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE r.relkind = 'r' AND (t.oid = 'oid'::regtype OR t.typbasetype = 'oid'::regtype)
    AND EXISTS (SELECT FROM pg_largeobject_metadata)
  UNION ALL
  SELECT 'row security', name FROM relation WHERE relrowsecurity OR relforcerowsecurity
  UNION ALL
  SELECT 'inheritance', r.name
  FROM relation r
  JOIN pg_inherits i ON i.inhrelid = r.oid
  WHERE r.relkind = 'r' AND NOT r.relispartition
  UNION ALL
  SELECT 'foreign table', name FROM relation WHERE relkind = 'f'
  UNION ALL
  SELECT 'elsewhere', child.oid::regclass::text
  FROM pg_inherits i
  JOIN pg_class child ON child.oid = i.inhrelid
  JOIN pg_class parent ON parent.oid = i.inhparent
  WHERE child.relispartition AND child.relkind IN ('r', 'p', 'f')
    AND (child.relnamespace IN (SELECT oid FROM moved)) <> (parent.relnamespace IN (SELECT oid FROM moved))
  UNION ALL
  SELECT 'reference', format('%s of %s', c.conname, c.conrelid::regclass)
  FROM pg_constraint c
  JOIN pg_class one ON one.oid = c.conrelid
  JOIN pg_class other ON other.oid = c.confrelid
  WHERE c.contype = 'f' AND c.conparentid = 0
    AND (one.relnamespace IN (SELECT oid FROM moved)) <> (other.relnamespace IN (SELECT oid FROM moved))
  UNION ALL
  SELECT 'trigger', format('%I of %s', t.tgname, r.name)
  FROM pg_trigger t
  JOIN relation r ON r.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgenabled IN ('A', 'R')
  UNION ALL
  SELECT 'rule', format('%I of %s', w.rulename, r.name)
  FROM pg_rewrite w
  JOIN relation r ON r.oid = w.ev_class
  WHERE w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'kind', format('%s %s', o.type, o.identity)
  FROM pg_proc p
  JOIN moved m ON m.oid = p.pronamespace
  CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) o
  WHERE p.prokind = 'a'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
  UNION ALL
  SELECT 'kind', format('%s %s', o.type, o.identity)
  FROM pg_type t
  JOIN moved m ON m.oid = t.typnamespace
  CROSS JOIN LATERAL pg_identify_object('pg_type'::regclass, t.oid, 0) o
  WHERE (t.typtype = 'r' OR t.typtype = 'b' AND t.typcategory <> 'A' AND t.typelem = 0)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = t.oid AND deptype = 'e')
  UNION ALL
  SELECT 'kind', format('operator %s', o.oid::regoperator)
  FROM pg_operator o
  JOIN moved m ON m.oid = o.oprnamespace
  WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_operator'::regclass AND objid = o.oid AND deptype = 'e')
) found
ORDER BY problem, name
