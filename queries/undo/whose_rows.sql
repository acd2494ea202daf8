-- The rows of {relation} under the keys of $1: a JSON list of what a run's requests gave for columns of the same names.
-- Each by key and place, and whether it is what the request would have written, as the columns' own types have it.
WITH asked AS (
  SELECT g.value AS given, jsonb_populate_record(NULL::{relation}, g.value) AS wanted
  FROM jsonb_array_elements($1::jsonb) AS g
)
SELECT
  r.{key}::text AS key,
  r.ctid::text AS place,
  to_jsonb(r) @> (
    SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(to_jsonb(a.wanted)) AS f WHERE a.given ? f.key
  ) AS ours
FROM asked a
JOIN ONLY {relation} r ON r.{key} = (a.wanted).{key}
