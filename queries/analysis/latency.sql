-- Response times in milliseconds of the measured phases, per arm (operation NULL) and per arm and operation.
-- Failed requests are left out of the quantiles and counted; NULL where a quantile lies among the never
-- served.
SELECT
  arm, operation,
  count(*) AS n,
  count(*) FILTER (outcome <> 'ok') AS errors,
  nullif(quantile_disc(response_ms, 0.5), 'infinity') AS p50,
  nullif(quantile_disc(response_ms, 0.9), 'infinity') AS p90,
  nullif(quantile_disc(response_ms, 0.95), 'infinity') AS p95,
  nullif(quantile_disc(response_ms, 0.99), 'infinity') AS p99,
  nullif(quantile_disc(response_ms, 0.999), 'infinity') AS p999,
  max(response_ms) FILTER (outcome = 'ok') AS max
FROM request
WHERE run_id = $run AND measured
GROUP BY GROUPING SETS ((arm), (arm, operation))
ORDER BY arm, operation NULLS FIRST;
