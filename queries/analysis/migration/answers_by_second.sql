-- Of each second of each of $segments (JSON, as in responses.sql): requests answered, and lookups in a cache with their
-- hits, by the time of the answer.
WITH part AS (
  SELECT unnest(
    from_json($segments, '[{"segment": "VARCHAR", "startUs": "BIGINT", "endUs": "BIGINT"}]'), recursive := true
  )
)
SELECT
  p.segment,
  (r.done_us - p."startUs") // 1000000 AS second,
  count(*) FILTER (r.outcome = 'ok') AS ok,
  count(*) FILTER (r.cache = 'hit') AS hits,
  count(r.cache) AS lookups
FROM request r
JOIN part p ON r.done_us >= p."startUs" AND r.done_us < p."endUs"
WHERE r.run_id = $run
GROUP BY ALL
ORDER BY p.segment, second;
