-- The names of the columns of the table $1.
SELECT attname AS name
FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
