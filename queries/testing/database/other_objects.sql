-- Schemas, extensions, replication, foreign servers, event triggers, rights by default, comments and labels.
SELECT pg_describe_object(tableoid, oid, 0) AS name,
  to_jsonb(o) || jsonb_build_object('nspowner', nspowner::regrole) AS fact
FROM pg_namespace o
WHERE nspname !~ '^pg_(toast_)?temp_'
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_extension o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_language o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_event_trigger o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_publication o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_publication_rel o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_publication_namespace o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_foreign_data_wrapper o
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_foreign_server o
UNION ALL
-- Its options may hold a password.
SELECT format('user mapping of %s on server %s', usename, srvname), jsonb_build_object('options', md5(umoptions::text))
FROM pg_user_mappings
UNION ALL
SELECT pg_describe_object(tableoid, oid, 0), to_jsonb(o) FROM pg_default_acl o
UNION ALL
SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid), to_jsonb(description)
FROM pg_description
WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass
UNION ALL
SELECT 'comments on built-in objects', to_jsonb(sum(hashtextextended(d::text, 0)::numeric)::text)
FROM pg_description d
WHERE objoid < 16384
UNION ALL
SELECT format('security label (%s) on %s', provider, pg_describe_object(classoid, objoid, objsubid)), to_jsonb(label)
FROM pg_seclabel
UNION ALL
SELECT format('membership of %s in extension %s', pg_describe_object(classid, objid, objsubid), e.extname),
  to_jsonb(deptype)
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
WHERE d.objid >= 16384
UNION ALL
SELECT format('ownership of sequence %s', d.objid::regclass),
  to_jsonb(pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid))
FROM pg_depend d
JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
UNION ALL
SELECT 'statistics of database', jsonb_build_object('reset', stats_reset)
FROM pg_stat_database
WHERE datname = current_database()
UNION ALL
SELECT format('maintenance of table %I.%I', schemaname, relname),
  jsonb_build_object('vacuum by hand', vacuum_count, 'analyze by hand', analyze_count)
FROM pg_stat_user_tables
UNION ALL
SELECT format('prepared statement of the looking session %s', name), to_jsonb(statement)
FROM pg_prepared_statements
