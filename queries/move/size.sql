-- What the tables and materialized views of the schemas $1 take on disk, with their indexes.
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 AS bytes
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'm')
