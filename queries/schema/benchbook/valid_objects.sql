-- Names of the constraints and indexes of the schemas $1 that are in force: validated, and complete.
SELECT k.conname AS name
FROM pg_constraint k
JOIN pg_namespace n ON n.oid = k.connamespace
WHERE n.nspname = ANY ($1::text[]) AND k.convalidated
UNION
SELECT c.relname
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND i.indisvalid AND i.indisready
