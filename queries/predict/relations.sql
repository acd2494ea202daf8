-- Tables and materialized views as the catalogue and its statistics know them: no row is read. Rows are estimated as the
-- planner does, by those of a page when the table was analyzed last.
SELECT
  format('%I.%I', n.nspname, c.relname) AS relation,
  pg_table_size(c.oid)::float8 AS bytes,
  CASE
    WHEN c.reltuples >= 0 AND c.relpages > 0
      THEN c.reltuples / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::bigint)
    WHEN pg_relation_size(c.oid) = 0 THEN 0
    ELSE pg_relation_size(c.oid) / 100.0
  END::float8 AS rows,
  coalesce(
    (
      SELECT json_agg(json_build_object(
        'name', format('%I.%I', n.nspname, i.relname),
        'bytes', pg_relation_size(i.oid),
        'definition', regexp_replace(pg_get_indexdef(i.oid), '^.*? (USING .*)$', '\1')
      ) ORDER BY i.relname)
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indrelid = c.oid
    ),
    '[]'
  ) AS indexes,
  CASE WHEN c.relkind = 'm' THEN rtrim(pg_get_viewdef(c.oid), '; ') END AS definition
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%'
  AND n.nspname NOT LIKE 'pg\_temp%'
