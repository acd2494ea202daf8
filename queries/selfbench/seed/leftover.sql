-- The database $1, where there is one, and whether its comment says that it is Benchbook's own.
SELECT coalesce(shobj_description(oid, 'pg_database') = $2, false) AS ours
FROM pg_database
WHERE datname = $1
