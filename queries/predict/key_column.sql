-- The column that is a table's primary key by itself: $1, the table.
SELECT quote_ident(a.attname) AS name
FROM pg_index x
JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
WHERE x.indrelid = $1::regclass AND x.indisprimary AND x.indnkeyatts = 1
