-- Whether a relation is there, and can be read: a materialised view that was made WITH NO DATA cannot.
SELECT c.relispopulated AS populated
FROM pg_catalog.pg_class c
WHERE c.oid = to_regclass($1)
