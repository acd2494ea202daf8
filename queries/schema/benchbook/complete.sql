-- Marks the data set $1 as whole: rows by table $2, all rows $3, bytes $4, content hash $5, content by table $6, relations made $7.
UPDATE benchbook.dataset
SET status = 'complete', completed_at = now(), counts = $2, row_count = $3, bytes = $4, hash = $5, tables = $6,
  relations = $7
WHERE name = $1
