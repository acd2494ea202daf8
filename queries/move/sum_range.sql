-- Rows of {relation} in a range of its key, and a sum of their hashes.
SELECT count(*)::float8 AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum
FROM {relation} t
WHERE {condition}
