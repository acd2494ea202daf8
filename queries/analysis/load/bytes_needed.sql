-- Bytes that the store's file must have: up to the end of the last block that holds rows, after three headers of
-- 4,096 bytes. DuckDB keeps free blocks at the end of a file or cuts them off, so a larger file is whole too.
WITH used AS (
  SELECT block_id, additional_block_ids FROM pragma_storage_info('timing')
  UNION ALL SELECT block_id, additional_block_ids FROM pragma_storage_info('sample')
  UNION ALL SELECT block_id, additional_block_ids FROM pragma_storage_info('plan')
  UNION ALL SELECT block_id, additional_block_ids FROM pragma_storage_info('operation')
  UNION ALL SELECT block_id, additional_block_ids FROM pragma_storage_info('phase')
  UNION ALL SELECT block_id, additional_block_ids FROM pragma_storage_info('run')
)
SELECT
  3 * 4096 + (
    SELECT coalesce(max(greatest(block_id, list_max(additional_block_ids))) + 1, 0) FROM used
  ) * (SELECT max(block_size) FROM pragma_database_size()) AS bytes
