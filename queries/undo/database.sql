-- What the database with the oid $1 is called now.
SELECT datname AS name FROM pg_database WHERE oid = $1::bigint::oid
