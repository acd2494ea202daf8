-- The filled materialized views of the schemas $1, and whether they can be filled anew while others read them: it takes a
-- unique index over columns alone, and over all rows.
SELECT
  format('%I.%I', n.nspname, c.relname) AS name,
  EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
      AND i.indexprs IS NULL
  ) AS concurrently
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind = 'm' AND c.relispopulated
ORDER BY 1
