-- The columns of a table with what the statistics know of their values.
SELECT
  quote_ident(a.attname) AS name,
  t.typname AS type,
  t.typcategory AS category,
  CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS most,
  a.attgenerated <> '' AS generated,
  coalesce(s.null_frac, 0)::float8 AS nulls,
  coalesce(s.avg_width, 8)::float8 AS width,
  coalesce(s.n_distinct, -1)::float8 AS "distinct",
  coalesce(abs(s.correlation), 0)::float8 AS correlation,
  CASE
    WHEN t.typname IN ('int4', 'int8')
      THEN (SELECT min(value::bigint) FILTER (WHERE abs(value::numeric) < 1e9)::text FROM unnest(seen) AS value)
    WHEN t.typname IN ('date', 'timestamp', 'timestamptz')
      THEN (SELECT min(value::date) FILTER (WHERE isfinite(value::date))::text FROM unnest(seen) AS value)
  END AS least
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
CROSS JOIN LATERAL (
  SELECT coalesce(s.most_common_vals::text::text[], '{}') || coalesce(s.histogram_bounds::text::text[], '{}')
) AS known (seen)
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
