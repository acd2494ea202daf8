-- A small table is to get as many workers as the large one that it is like: the sizes from which on the server takes one more
-- are as much smaller. $1: the small one's share of the large one.
SELECT set_config(name, greatest(1, (setting::bigint * $1::float8)::bigint)::text, false)
FROM pg_settings
WHERE name IN ('min_parallel_table_scan_size', 'min_parallel_index_scan_size')
