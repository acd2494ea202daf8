-- Functions of the given names, of whatever arguments, and whether each runs as it was made. $1 schemas, $2 names with
-- their schema, $3 their bodies in the same order.
SELECT n.nspname || '.' || p.proname AS name
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN unnest($2::text[], $3::text[]) AS made (name, body) ON made.name = n.nspname || '.' || p.proname
WHERE n.nspname = ANY ($1::text[]) AND (p.prosrc <> made.body OR p.prosecdef OR p.proconfig IS NOT NULL)
ORDER BY 1
