-- What bears the name $1 now: its oid, and the mark that a clone is made with.
SELECT oid::bigint::float8 AS oid, datconnlimit AS mark FROM pg_database WHERE datname = $1
