-- Constraints that bind new rows, and of which nobody knows whether the old ones hold them.
SELECT k.oid::text AS oid, format('%I', k.conname) AS name, format('%I.%I', n.nspname, c.relname) AS "table"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT k.convalidated
ORDER BY "table", name
