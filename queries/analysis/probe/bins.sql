-- Reads and writes over time, those of each further path apart, by when they were due, in bins of about a 300th of the probe. `slowest` and `p50` are of requests that
-- were answered or given up, ms; NULL where there were none.
WITH
  span AS (SELECT coalesce(max(end_us), 0) AS until_us FROM phase WHERE run_id = $run),
  width AS (
    SELECT
      CASE
        WHEN until_us <= 30e6 THEN 100000
        WHEN until_us <= 150e6 THEN 500000
        WHEN until_us <= 600e6 THEN 2000000
        ELSE ceil(until_us / 300e6) * 1000000
      END::BIGINT AS us
    FROM span
  ),
  kind AS (
    SELECT json_extract_string(o, '$.name') AS name, (json_extract(o, '$.write'))::BOOLEAN AS write
    FROM (SELECT unnest(from_json(json_extract(config, '$.operations'), '["JSON"]')) AS o FROM run WHERE run_id = $run)
  )
SELECT
  (CASE WHEN k.write THEN 'writes' ELSE 'reads' END) || (CASE WHEN r.arm = 'sql' THEN '' ELSE ' over ' || r.arm END) AS series,
  (r.intended_us // w.us * w.us / 1e6)::DOUBLE AS second,
  (w.us / 1e6)::DOUBLE AS width,
  count(*)::BIGINT AS n,
  count(*) FILTER (r.outcome = 'ok')::BIGINT AS ok,
  count(*) FILTER (r.outcome NOT IN ('ok', 'unsent'))::BIGINT AS errors,
  quantile_disc(r.response_ms, 0.5) FILTER (r.outcome IN ('ok', 'timeout')) AS p50,
  max(r.response_ms) FILTER (r.outcome IN ('ok', 'timeout')) AS slowest
FROM request r
JOIN kind k ON k.name = r.operation
CROSS JOIN width w
WHERE r.run_id = $run
GROUP BY ALL
ORDER BY second, series;
