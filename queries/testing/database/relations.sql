-- Tables, partitions, views, materialized views, indexes, sequences and composite types, and what hangs on them.
-- Left out is what changes by itself: statistics, transaction ids, and hints that VACUUM corrects.
WITH relation AS (
  SELECT c.*
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid >= 16384 AND n.nspname <> 'pg_toast' AND c.relpersistence <> 't'
)
SELECT pg_describe_object('pg_class'::regclass, r.oid, 0) AS name,
  to_jsonb(r) - '{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,relminmxid,relhasindex,relhasrules,
    relhastriggers,relhassubclass,relpartbound}'::text[]
  || jsonb_build_object(
    'relowner', r.relowner::regrole,
    'definition', CASE
      WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid)
      WHEN r.relkind IN ('i', 'I') THEN pg_get_indexdef(r.oid)
      WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid)
    END,
    'bound', pg_get_expr(r.relpartbound, r.oid),
    'index', (
      SELECT jsonb_build_object('valid', indisvalid, 'ready', indisready, 'live', indislive, 'unique', indisunique,
        'clustered', indisclustered, 'replica identity', indisreplident)
      FROM pg_index i
      WHERE i.indexrelid = r.oid
    ),
    'sequence', (SELECT to_jsonb(s) - '{seqrelid,last_value}'::text[] FROM pg_sequence s WHERE s.seqrelid = r.oid),
    'foreign table', (SELECT to_jsonb(f) - 'ftrelid' FROM pg_foreign_table f WHERE f.ftrelid = r.oid)
  ) AS fact
FROM relation r
UNION ALL
SELECT pg_describe_object('pg_class'::regclass, a.attrelid, a.attnum),
  to_jsonb(a) - '{attrelid,attmissingval,attcacheoff}'::text[] || jsonb_build_object(
    'atttypid', format_type(a.atttypid, a.atttypmod),
    'attcollation', nullif(a.attcollation, 0)::regcollation,
    'default', pg_get_expr(d.adbin, d.adrelid)
  )
FROM pg_attribute a
JOIN relation r ON r.oid = a.attrelid AND r.relkind NOT IN ('i', 'I', 'S')
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT pg_describe_object('pg_constraint'::regclass, k.oid, 0)
    || CASE WHEN k.contypid <> 0 THEN ' on type ' || k.contypid::regtype ELSE '' END,
  to_jsonb(k) - 'conbin' || jsonb_build_object('definition', pg_get_constraintdef(k.oid))
FROM pg_constraint k
WHERE k.oid >= 16384
UNION ALL
SELECT pg_describe_object('pg_trigger'::regclass, t.oid, 0),
  to_jsonb(t) - '{tgqual,tgargs}'::text[] || jsonb_build_object('definition', pg_get_triggerdef(t.oid))
FROM pg_trigger t
JOIN relation r ON r.oid = t.tgrelid
UNION ALL
SELECT pg_describe_object('pg_rewrite'::regclass, w.oid, 0),
  to_jsonb(w) - '{ev_qual,ev_action}'::text[] || jsonb_build_object('definition', pg_get_ruledef(w.oid))
FROM pg_rewrite w
JOIN relation r ON r.oid = w.ev_class
WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT pg_describe_object('pg_policy'::regclass, p.oid, 0),
  to_jsonb(p) || jsonb_build_object(
    'polroles', p.polroles::regrole[],
    'polqual', pg_get_expr(p.polqual, p.polrelid),
    'polwithcheck', pg_get_expr(p.polwithcheck, p.polrelid)
  )
FROM pg_policy p
UNION ALL
SELECT format('inheritance of %s from %s', i.inhrelid::regclass, i.inhparent::regclass),
  to_jsonb(i) - '{inhrelid,inhparent}'::text[]
FROM pg_inherits i
JOIN relation r ON r.oid = i.inhrelid
UNION ALL
SELECT pg_describe_object('pg_statistic_ext'::regclass, s.oid, 0),
  to_jsonb(s) || jsonb_build_object('stxowner', s.stxowner::regrole, 'definition', pg_get_statisticsobjdef(s.oid))
FROM pg_statistic_ext s
