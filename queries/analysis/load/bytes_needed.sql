-- Bytes that the store's file must have for a table, which is put in: up to the end of its last block, after three
-- headers of 4,096 bytes. DuckDB keeps free blocks at the end of a file or cuts them off, so a larger file is whole too.
SELECT
  3 * 4096 + (
    SELECT coalesce(max(greatest(block_id, list_max(additional_block_ids))) + 1, 0)
    FROM pragma_storage_info('{table}')
  ) * (SELECT max(block_size) FROM pragma_database_size()) AS bytes
