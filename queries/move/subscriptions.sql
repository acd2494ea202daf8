-- The subscriptions of this database.
SELECT quote_ident(s.subname) AS name
FROM pg_subscription s
JOIN pg_database d ON d.oid = s.subdbid
WHERE d.datname = current_database()
