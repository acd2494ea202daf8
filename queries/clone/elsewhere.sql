-- Databases from which this one can be cloned: it must have no session then. A session in a template would keep others
-- from making databases.
SELECT datname AS name
FROM pg_database
WHERE datname <> current_database()
  AND datallowconn
  AND NOT datistemplate
  AND datconnlimit <> -2
  AND has_database_privilege(oid, 'CONNECT')
ORDER BY datname <> 'postgres', datname
LIMIT 3
