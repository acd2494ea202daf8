-- The first column by which rows can be told apart quickly: a number, a text, a time.
SELECT quote_ident(a.attname) AS name
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = 'benchbook_likeness.empty'::regclass AND a.attnum > 0 AND t.typcategory IN ('N', 'S', 'D')
ORDER BY a.attnum
LIMIT 1
