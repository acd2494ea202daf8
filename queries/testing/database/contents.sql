-- One statement for the content of each relation that holds rows itself: count, a hash that knows no order, the
-- rows where they are at most $1; and for each sequence's value. A partition is a relation of its own.
SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) AS name,
  CASE
    WHEN c.relkind = 'S' THEN
      format('SELECT jsonb_build_object(''last value'', last_value::text, ''called'', is_called) AS fact FROM %s',
        c.oid::regclass)
    ELSE
      format('SELECT jsonb_build_object(''rows'', count(*), ''content'', '
        || 'coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text, ''values'', '
        || '(SELECT CASE WHEN count(*) <= %2$s THEN coalesce(jsonb_agg(v ORDER BY v), ''[]'') END '
        || 'FROM (SELECT t::text AS v FROM ONLY %1$s t LIMIT %2$s + 1) few)) AS fact FROM ONLY %1$s t',
        c.oid::regclass, $1::integer)
  END AS statement
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND n.nspname <> 'pg_toast' AND c.relpersistence <> 't'
  AND (c.relkind IN ('r', 'S') OR c.relkind = 'm' AND c.relispopulated)
UNION ALL
SELECT format('large object %s', oid),
  format('SELECT jsonb_build_object(''owner'', lomowner::regrole, ''acl'', lomacl, ''content'', md5(lo_get(oid))) '
    || 'AS fact FROM pg_largeobject_metadata WHERE oid = %s', oid)
FROM pg_largeobject_metadata
UNION ALL
SELECT 'statistics of statements',
  format('SELECT jsonb_build_object(''reset'', stats_reset) AS fact FROM %I.pg_stat_statements_info', n.nspname)
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'pg_stat_statements_info'
WHERE e.extname = 'pg_stat_statements'
