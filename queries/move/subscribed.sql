-- Whether this database has the subscription $1 with the comment $2.
SELECT FROM pg_subscription s
JOIN pg_database d ON d.oid = s.subdbid
WHERE d.datname = current_database() AND s.subname = $1 AND obj_description(s.oid, 'pg_subscription') = $2
