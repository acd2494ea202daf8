-- A small table is to get as many workers as the large one that it is like: what speaks against one more is as much smaller.
-- $1: the small one's share of the large one.
SELECT
  set_config(name, CASE
    WHEN vartype = 'integer' THEN greatest(1, (reset_val::bigint * $1::float8)::bigint)::text
    ELSE (reset_val::float8 * $1::float8)::text
  END, false)
FROM pg_settings
WHERE name IN ('min_parallel_table_scan_size', 'min_parallel_index_scan_size', 'parallel_setup_cost')
