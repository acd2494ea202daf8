-- Every relation with rows or a definition of its own in the schemas $1.
SELECT coalesce(array_agg(format('%s.%s', n.nspname, c.relname) ORDER BY n.nspname, c.relname), '{}') AS relations
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
