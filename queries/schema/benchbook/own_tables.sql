-- The tables of the schemas $1 by name, partitions within the table that they are part of: rows as the server estimates
-- them, and what defines each table. From the catalog alone, by nothing that takes a lock on a table of the user's:
-- neither pg_partition_tree nor pg_get_expr, which would wait for whoever changes one.
WITH RECURSIVE part AS (
  SELECT c.oid AS root, c.oid, c.relkind
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  UNION ALL
  SELECT part.root, c.oid, c.relkind
  FROM part
  JOIN pg_inherits h ON h.inhparent = part.oid
  JOIN pg_class c ON c.oid = h.inhrelid AND c.relispartition
)
SELECT
  format('%I.%I', n.nspname, c.relname) AS name,
  (
    -- Never analyzed (-1): what the statistics have counted.
    SELECT coalesce(sum(
      CASE WHEN leaf.reltuples < 0 THEN pg_stat_get_live_tuples(leaf.oid) ELSE leaf.reltuples END
    ), 0)::float8
    FROM part
    JOIN pg_class leaf ON leaf.oid = part.oid
    WHERE part.root = c.oid AND part.relkind = 'r'
  ) AS rows,
  jsonb_build_array(
    c.relkind,
    (
      SELECT jsonb_agg(
        jsonb_build_array(
          a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity
        ) ORDER BY a.attnum
      )
      FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    (
      SELECT jsonb_agg(
        jsonb_build_array(
          ic.relname, am.amname, i.indkey::text, i.indclass::text, i.indoption::text, i.indisunique, i.indisprimary,
          i.indisvalid, i.indexprs IS NOT NULL, i.indpred IS NOT NULL
        ) ORDER BY ic.relname
      )
      FROM pg_index i
      JOIN pg_class ic ON ic.oid = i.indexrelid
      JOIN pg_am am ON am.oid = ic.relam
      WHERE i.indrelid = c.oid
    ),
    (
      SELECT jsonb_agg(jsonb_build_array(k.conname, k.contype, k.conkey, k.convalidated) ORDER BY k.conname)
      FROM pg_constraint k
      WHERE k.conrelid = c.oid AND k.contype <> 'n'
    ),
    (SELECT count(*) FROM part WHERE part.root = c.oid AND part.oid <> c.oid)
  )::text AS definition
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid IN (SELECT root FROM part)
ORDER BY name
