-- Of each range of keys of {relation}: its rows, and a sum for each column, of hashes of its values. A value is hashed with
-- its row's key for a seed, so that values which have changed places make another sum. {updated} has the rows that the load
-- may come to: columns that it sets are summed up in the others.
SELECT {range} AS range, count(*)::float8 AS rows, ARRAY[{sums}]::text[] AS sums
FROM {relation} t
{updated}
WHERE {condition}
GROUP BY 1
