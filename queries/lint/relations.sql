-- The users' relations, as far as the effects of a change depend on them. Rows and bytes are what statistics say: no file is
-- opened, as that would take a lock.
SELECT
  format('%I.%I', n.nspname, c.relname) AS name,
  c.relkind AS kind,
  coalesce(nullif(c.reltuples, -1), s.n_live_tup)::float8 AS rows,
  c.relpages::float8 * current_setting('block_size')::float8 AS bytes,
  EXISTS (SELECT FROM pg_partitioned_table d WHERE d.partdefid = c.oid) AS "isDefault",
  c.relpersistence <> 'u' AS "isLogged",
  (SELECT amname FROM pg_am m WHERE m.oid = c.relam) AS "accessMethod",
  (SELECT spcname FROM pg_tablespace t
   WHERE t.oid = coalesce(nullif(c.reltablespace, 0), (SELECT dattablespace FROM pg_database WHERE datname = current_database()))
  ) AS tablespace,
  (SELECT format('%I.%I', tn.nspname, t.typname) FROM pg_type t JOIN pg_namespace tn ON tn.oid = t.typnamespace
   WHERE t.oid = c.reloftype) AS "ofType",
  (SELECT json_agg(json_build_object('name', g.tgname, 'isOfRows', g.tgtype & 1 = 1))
   FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal) AS triggers,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
  CASE WHEN c.relkind NOT IN ('i', 'I') THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
  (SELECT array_agg(format('%I.%I', pn.nspname, p.relname))
   FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE i.inhrelid = c.oid AND c.relkind NOT IN ('i', 'I')) AS parents,
  (SELECT array_agg(DISTINCT format('%I.%I', rn.nspname, r.relname))
   FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
   JOIN pg_class r ON d.refclassid = 'pg_class'::regclass AND r.oid = d.refobjid AND r.relkind NOT IN ('i', 'I', 'S')
   JOIN pg_namespace rn ON rn.oid = r.relnamespace
   WHERE w.ev_class = c.oid AND r.oid <> c.oid AND c.relkind IN ('v', 'm')) AS reads,
  (SELECT array_agg(DISTINCT format('%I.%I.%I', rn.nspname, r.relname, a.attname))
   FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
   JOIN pg_class r ON d.refclassid = 'pg_class'::regclass AND r.oid = d.refobjid
   JOIN pg_namespace rn ON rn.oid = r.relnamespace
   JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
   WHERE w.ev_class = c.oid AND r.oid <> c.oid AND a.attnum > 0 AND c.relkind IN ('v', 'm')) AS "readsColumns",
  (SELECT format('%I.%I', tn.nspname, t.relname)
   FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace
   WHERE t.oid = x.indrelid) AS "indexOf",
  x.indisunique AND x.indisvalid AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL AS "isUnique",
  (SELECT array_agg(pg_get_indexdef(x.indexrelid, k, false) ORDER BY k)
   FROM generate_series(1, x.indnkeyatts) AS k) AS "indexColumns",
  (SELECT json_agg(json_build_object(
     'name', a.attname,
     'type', format_type(a.atttypid, a.atttypmod),
     'notNull', a.attnotnull,
     'isVirtual', a.attgenerated = 'v',
     'sequences', (
       SELECT coalesce(json_agg(format('%I.%I', sn.nspname, q.relname)), '[]')
       FROM pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
       JOIN pg_namespace sn ON sn.oid = q.relnamespace
       WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
         AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i'))
   ) ORDER BY a.attnum)
   FROM pg_attribute a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index x ON x.indexrelid = c.oid
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'i', 'I', 'v', 'm', 'S', 'f', 'c')
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
