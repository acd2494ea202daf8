-- Response times of requests that reached the database, milliseconds, by path, kind and unit of time; hits in a cache are
-- left out, as they go on while a table is locked. $segments: parts of the run as JSON, each second of which has so many
-- units. $writes: names of the operations that write, as JSON. `n` counts the failed too, which have no response time.
WITH part AS (
  SELECT unnest(
    from_json(
      $segments,
      '[{"segment": "VARCHAR", "startUs": "BIGINT", "endUs": "BIGINT", "unitsPerSecond": "BIGINT"}]'
    ),
    recursive := true
  )
)
SELECT
  r.arm AS path,
  CASE WHEN list_contains(from_json($writes, '["VARCHAR"]'), r.operation) THEN 'write' ELSE 'read' END AS kind,
  p.segment,
  (r.intended_us - p."startUs") * p."unitsPerSecond" // 1000000 AS unit,
  count(*) AS n,
  list(r.response_ms) FILTER (r.response_ms IS NOT NULL) AS ms,
  min(r.response_ms) FILTER (r.outcome = 'timeout') AS "shortestTimeoutMs"
FROM request r
JOIN part p ON r.intended_us >= p."startUs" AND r.intended_us < p."endUs"
WHERE r.run_id = $run AND r.cache IS DISTINCT FROM 'hit' AND r.arm IS NOT NULL
GROUP BY ALL
ORDER BY path, kind, p.segment, unit;
