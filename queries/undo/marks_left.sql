-- Rows of {table} with a text like $1 in {column}, and the least key of them.
SELECT count(*)::float8 AS rows, min({key})::text AS key
FROM ONLY {table}
WHERE {column} ~ $1
