-- The key that ends a batch: that of the row $4 rows behind the first one above $1, or from $1 itself where $2 says so.
-- No row: there are not so many up to $3.
SELECT CAST(t.:key AS text) AS upto
FROM :table t
WHERE t.:key >= CAST($1 AS :type) AND ($2::boolean OR t.:key > CAST($1 AS :type)) AND t.:key <= CAST($3 AS :type)
ORDER BY t.:key
OFFSET $4::integer
LIMIT 1
