-- The tables and views that names may stand for: by its schema in $1 (null: whichever the search path finds) and its name
-- in $2; `nth` is the name's place, from 1.
SELECT w.nth::integer AS nth, n.nspname || '.' || c.relname AS relation, c.relkind = 'v' AS view
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema, name, nth)
JOIN pg_class c ON c.relname = w.name AND c.relkind IN ('r', 'p', 'v')
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = w.schema
  OR w.schema IS NULL AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
