-- Functions, procedures, aggregates, types and what else SQL is made of.
SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0) AS name,
  to_jsonb(p) - '{prosrc,prosqlbody,proargdefaults}'::text[] || jsonb_build_object(
    'proowner', p.proowner::regrole,
    'definition', CASE WHEN p.prokind = 'a' THEN NULL ELSE pg_get_functiondef(p.oid) END,
    'aggregate', (SELECT to_jsonb(a) - 'aggfnoid' FROM pg_aggregate a WHERE a.aggfnoid = p.oid)
  ) AS fact
FROM pg_proc p
WHERE p.oid >= 16384
UNION ALL
SELECT pg_describe_object('pg_type'::regclass, t.oid, 0),
  to_jsonb(t) - 'typdefaultbin' || jsonb_build_object(
    'typowner', t.typowner::regrole,
    'labels', (SELECT array_agg(enumlabel ORDER BY enumsortorder)::text FROM pg_enum WHERE enumtypid = t.oid),
    'range', (SELECT to_jsonb(r) - '{rngtypid,rngmultitypid}'::text[] FROM pg_range r WHERE r.rngtypid = t.oid)
  )
FROM pg_type t
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND t.typcategory <> 'A' AND (t.typrelid = 0 OR c.relkind = 'c')
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) || jsonb_build_object('oprowner', oprowner::regrole)
FROM pg_operator o
WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_opclass o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_opfamily o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_amop o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_amproc o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_cast o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_collation o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_conversion o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_am o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_transform o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_ts_config o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_ts_dict o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_ts_parser o WHERE oid >= 16384
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_ts_template o WHERE oid >= 16384
UNION ALL
-- Whose the built-in ones are, who may call them and how: of thousands, one number.
SELECT 'built-in functions', jsonb_build_object(
  'content', sum(hashtextextended(row(proname, proowner, proacl, proconfig, prosrc)::text, 0)::numeric)::text
)
FROM pg_proc
WHERE oid < 16384
UNION ALL
SELECT 'built-in types', jsonb_build_object(
  'content', sum(hashtextextended(row(typname, typowner, typacl)::text, 0)::numeric)::text
)
FROM pg_type
WHERE oid < 16384
UNION ALL
SELECT 'system catalogs', jsonb_build_object(
  'content', sum(hashtextextended(row(relname, relowner, relacl, reloptions)::text, 0)::numeric)::text,
  'columns', (
    SELECT jsonb_agg(format('%s of %s: %s', attname, attrelid::regclass, attacl) ORDER BY attrelid, attnum)
    FROM pg_attribute
    WHERE attrelid < 16384 AND attacl IS NOT NULL
  )
)
FROM pg_class
WHERE oid < 16384
UNION ALL
SELECT format('words of text search configuration %s as %s', mapcfg::regconfig, maptokentype),
  to_jsonb(array_agg(mapdict::regdictionary ORDER BY mapseqno)::text)
FROM pg_ts_config_map
WHERE mapcfg >= 16384
GROUP BY mapcfg, maptokentype
