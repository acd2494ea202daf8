-- The marker of the data set $1.
SELECT name, scale, seed::text, generator, status, counts, row_count::float8 AS rows, bytes::float8 AS bytes, hash
FROM benchbook.dataset
WHERE name = $1
