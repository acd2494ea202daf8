-- Tags that writes of each arm with a cache gave new versions, in each of $segments (JSON, as in responses.sql). No row of an
-- arm that did not count them.
WITH part AS (
  SELECT unnest(
    from_json($segments, '[{"segment": "VARCHAR", "startUs": "BIGINT", "endUs": "BIGINT"}]'), recursive := true
  )
),
counted AS (
  SELECT labels ->> '$.arm' AS arm, at_us, value
  FROM sample
  WHERE run_id = $run AND source = 'redis' AND metric = 'cache_invalidations'
),
arms AS (
  SELECT DISTINCT arm FROM counted
)
SELECT a.arm, p.segment, coalesce(sum(c.value), 0)::DOUBLE AS n
FROM arms a
CROSS JOIN part p
LEFT JOIN counted c ON c.arm = a.arm AND c.at_us >= p."startUs" AND c.at_us < p."endUs"
GROUP BY a.arm, p.segment, p."startUs"
ORDER BY a.arm, p."startUs";
