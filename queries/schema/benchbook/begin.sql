-- Marks the data set $1 as being loaded, with scale $2, seed $3, variation $4, generator $5; the schemas $6 are its own,
-- and so are the objects $7 in them. By its own oid this table can tell whether theirs still hold.
INSERT INTO benchbook.dataset (name, scale, seed, variation, generator, schemas, objects, status)
VALUES (
  $1, $2, $3, $4, $5, $6,
  $7::jsonb || jsonb_build_array(
    jsonb_build_object('object', 'table benchbook.dataset', 'oid', 'benchbook.dataset'::regclass::oid::bigint)
  ),
  'loading'
)
