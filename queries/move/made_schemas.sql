-- Schemas that a move has made at this server.
SELECT quote_ident(n.nspname) AS name
FROM {schema}.made m
JOIN pg_namespace n ON n.oid = m.objid
WHERE m.classid = 'pg_namespace'::regclass
