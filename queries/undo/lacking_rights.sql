-- What the session's role may not do with the tables $1 or their partitions, and has to, to take writes back.
WITH written AS (
  SELECT p.relid AS oid
  FROM unnest($1::text[]) AS t (name)
  CROSS JOIN LATERAL pg_partition_tree(to_regclass(t.name)) AS p
  UNION
  SELECT to_regclass(t.name) FROM unnest($1::text[]) AS t (name)
)
SELECT format('%s on %s', r.privilege, w.oid::regclass) AS what
FROM written w
CROSS JOIN (VALUES ('SELECT'), ('DELETE')) AS r (privilege)
WHERE NOT has_table_privilege(w.oid, r.privilege)
ORDER BY what
