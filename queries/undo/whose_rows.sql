-- The rows of {relation} under the keys of $1: a JSON list of what a run's requests gave for columns of the same names,
-- one element for each row that a request asked for. Each row by key and place, and whether it is one of those that
-- were asked for, as the columns' own types have it.
WITH asked AS (
  SELECT g.value AS given, jsonb_populate_record(NULL::{relation}, g.value) AS wanted
  FROM jsonb_array_elements($1::jsonb) AS g
)
SELECT
  r.{key}::text AS key,
  r.ctid::text AS place,
  bool_or(NOT EXISTS (
    SELECT FROM jsonb_each(to_jsonb(a.wanted)) AS f
    WHERE a.given ? f.key AND to_jsonb(r) -> f.key IS DISTINCT FROM f.value
  )) AS ours
FROM asked a
JOIN ONLY {relation} r ON r.{key} = (a.wanted).{key}
GROUP BY r.{key}, r.ctid
