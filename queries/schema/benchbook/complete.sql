-- Marks the data set $1 as whole: rows by table $2, all rows $3, bytes $4, content hash $5, content by table $6, all
-- objects that were made $7.
UPDATE benchbook.dataset
SET status = 'complete', completed_at = now(), counts = $2, row_count = $3, bytes = $4, hash = $5, tables = $6,
  objects = $7::jsonb || jsonb_build_array(
    jsonb_build_object('object', 'table benchbook.dataset', 'oid', 'benchbook.dataset'::regclass::oid::bigint)
  )
WHERE name = $1
