-- A table's columns beside the run's id, as from_json wants to be told them.
SELECT to_json([map_from_entries(list((column_name, data_type) ORDER BY column_index))])::VARCHAR AS structure
FROM duckdb_columns()
WHERE table_name = $table AND column_name <> 'run_id' AND NOT internal;
