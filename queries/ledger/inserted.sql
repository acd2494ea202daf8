-- The rows of {relation} with keys from $2 to $3, held against those that writes gave: $1, a JSON list with an element for
-- each row, of values by column. For each key that was given: the rows that are there, how often each row that was given is
-- there at the least and at the most, and how many are there that were not given. Values are compared as the columns' types
-- have them by now, so that an integer equals a bigint, and 1.5 equals 1.50.
WITH given AS (
  SELECT w.{key}::text AS key, jsonb_build_array({given}) AS image, count(*) AS n
  FROM jsonb_array_elements($1::jsonb) AS g
  CROSS JOIN LATERAL jsonb_populate_record(NULL::{relation}, g.value) AS w
  GROUP BY 1, 2
), found AS (
  SELECT r.{key}::text AS key, jsonb_build_array({found}) AS image, count(*) AS n
  FROM {relation} r
  WHERE r.{key} BETWEEN $2::bigint AND $3::bigint
  GROUP BY 1, 2
)
SELECT
  key,
  coalesce(sum(f.n), 0)::float8 AS rows,
  (min(coalesce(f.n, 0) / g.n::float8) FILTER (WHERE g.n IS NOT NULL))::float8 AS least,
  (max(coalesce(f.n, 0) / g.n::float8) FILTER (WHERE g.n IS NOT NULL))::float8 AS most,
  coalesce(sum(f.n) FILTER (WHERE g.n IS NULL), 0)::float8 AS others
FROM given g
FULL JOIN found f USING (key, image)
WHERE key IN (SELECT key FROM given)
GROUP BY key
