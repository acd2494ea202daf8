-- User-defined triggers and rules that act on writes: on each of its schema in $1 (null: as the search path finds it),
-- its table in $2 and its event in $3. Also those of partitions, and of what a view reads, where its writes end.
WITH RECURSIVE written AS (
  SELECT c.oid, t.kind
  FROM unnest($1::pg_catalog.text[], $2::pg_catalog.text[], $3::pg_catalog.text[]) AS t (schema, name, kind)
  JOIN pg_catalog.pg_class c ON c.relname = t.name
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = t.schema OR t.schema IS NULL AND pg_catalog.pg_table_is_visible(c.oid)
  UNION
  SELECT n.oid, w.kind
  FROM written w
  CROSS JOIN LATERAL (
    SELECT i.inhrelid AS oid
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class p ON p.oid = i.inhrelid
    WHERE i.inhparent = w.oid AND p.relispartition
    UNION ALL
    SELECT d.refobjid
    FROM pg_catalog.pg_class v
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid AND r.rulename = '_RETURN'
    JOIN pg_catalog.pg_depend d ON d.objid = r.oid
    WHERE v.oid = w.oid AND v.relkind = 'v' AND d.refobjid <> v.oid
      AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  ) n
),
acting AS (
  SELECT pg_catalog.format('the trigger %I', g.tgname) AS what, w.oid
  FROM pg_catalog.pg_trigger g
  JOIN written w ON w.oid = g.tgrelid
  -- Of a trigger of a partitioned table each partition has a copy; one of replicas is not fired here.
  WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND g.tgenabled IN ('O', 'A')
    AND g.tgtype & CASE w.kind WHEN 'INSERT' THEN 4 WHEN 'DELETE' THEN 8 ELSE 16 END <> 0
  UNION
  SELECT pg_catalog.format('the rule %I', r.rulename), w.oid
  FROM pg_catalog.pg_rewrite r
  JOIN written w ON w.oid = r.ev_class
  WHERE r.ev_enabled IN ('O', 'A')
    AND r.ev_type = CASE w.kind WHEN 'INSERT' THEN '3' WHEN 'DELETE' THEN '4' ELSE '2' END::"char"
)
SELECT pg_catalog.format('%s on %I.%I', a.what, n.nspname, c.relname) AS what
FROM acting a
JOIN pg_catalog.pg_class c ON c.oid = a.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY what
