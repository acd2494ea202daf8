-- The columns of the relation $1, whatever its kind, with their types; no row where there is no such relation.
SELECT attname AS name, format_type(atttypid, atttypmod) AS type
FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
