-- Up to $2 keys above $1 in {table}, least first, each with the relation that its rows lie in: the table itself, or
-- one of its partitions. Keys come as text: there are longer ones than a double has room for. Reads the index of {key}
-- and no more of it than lies above $1.
SELECT tableoid::regclass::text AS relation, {key}::text AS key, count(*)::float8 AS rows
FROM {table}
WHERE {key} > $1::bigint
GROUP BY tableoid, {key}
ORDER BY {key}, tableoid
LIMIT $2
