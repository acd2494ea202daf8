-- The rows of {relation} under the keys of $1: a JSON list of what a run's requests gave for columns of the same names,
-- one element for each row that a request asked for. Each row by key and place, and whether it is one of those that
-- were asked for, as the columns' own types have it.
WITH requested AS (
  SELECT g.value AS given, jsonb_populate_record(NULL::{relation}, g.value) AS wanted
  FROM jsonb_array_elements($1::jsonb) AS g
)
SELECT
  r.{key}::text AS key,
  r.ctid::text AS place,
  bool_or(NOT EXISTS (
    SELECT FROM jsonb_each(to_jsonb(q.wanted)) AS f
    WHERE q.given ? f.key AND to_jsonb(r) -> f.key IS DISTINCT FROM f.value
  )) AS ours
FROM requested q
JOIN ONLY {relation} r ON r.{key} = (q.wanted).{key}
GROUP BY r.{key}, r.ctid
