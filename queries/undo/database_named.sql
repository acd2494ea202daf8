-- Whether there is a database of the name $1.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS there
