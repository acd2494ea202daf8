-- Of the tables $1, as SQL writes their names: those that are no partitions, with the bytes of all that is part of them.
SELECT
  t.name AS "table",
  c.relkind = 'p' AS partitioned,
  (SELECT sum(pg_total_relation_size(p.relid)) FROM pg_partition_tree(c.oid) AS p)::float8 AS partitions_bytes,
  pg_total_relation_size(c.oid)::float8 AS bytes
FROM unnest($1::text[]) AS t (name)
JOIN pg_class c ON c.oid = to_regclass(t.name)
WHERE NOT c.relispartition
ORDER BY t.name
