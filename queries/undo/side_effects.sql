-- What would act on each write into the tables $1 or their partitions: triggers, rules and foreign keys that change
-- other rows, none of which is Benchbook's. Nobody knows how to take back what they do.
WITH written AS (
  SELECT p.relid AS oid
  FROM unnest($1::text[]) AS t (name)
  CROSS JOIN LATERAL pg_partition_tree(to_regclass(t.name)) AS p
  UNION
  SELECT to_regclass(t.name) FROM unnest($1::text[]) AS t (name)
)
SELECT format('the trigger %I on %s', g.tgname, g.tgrelid::regclass) AS what
FROM pg_trigger g
JOIN written w ON w.oid = g.tgrelid
WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
UNION
SELECT format('the rule %I on %s', r.rulename, r.ev_class::regclass)
FROM pg_rewrite r
JOIN written w ON w.oid = r.ev_class
WHERE r.ev_enabled <> 'D' AND r.ev_type <> '1'
UNION
-- What a row of ours takes along when it is removed.
SELECT format('the foreign key %I of %s', k.conname, k.conrelid::regclass)
FROM pg_constraint k
JOIN written w ON w.oid = k.confrelid
WHERE k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd') AND k.conrelid NOT IN (SELECT oid FROM written)
ORDER BY what
