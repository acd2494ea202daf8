-- Response times in milliseconds of the measured phases, per segment and arm (operation NULL) and per segment, arm and
-- operation.
-- Failed requests are left out of the quantiles and counted. NULL where a quantile lies among the never served, and
-- where so few requests cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts.
SELECT
  segment, arm, operation,
  count(*) AS n,
  count(*) FILTER (outcome <> 'ok') AS errors,
  CASE WHEN 0.5 ** count(response_ms) <= 0.025 THEN nullif(quantile_disc(response_ms, 0.5), 'infinity') END AS p50,
  CASE WHEN 0.9 ** count(response_ms) <= 0.025 THEN nullif(quantile_disc(response_ms, 0.9), 'infinity') END AS p90,
  CASE WHEN 0.95 ** count(response_ms) <= 0.025 THEN nullif(quantile_disc(response_ms, 0.95), 'infinity') END AS p95,
  CASE WHEN 0.99 ** count(response_ms) <= 0.025 THEN nullif(quantile_disc(response_ms, 0.99), 'infinity') END AS p99,
  CASE WHEN 0.999 ** count(response_ms) <= 0.025 THEN nullif(quantile_disc(response_ms, 0.999), 'infinity') END AS p999,
  max(response_ms) FILTER (outcome = 'ok') AS max
FROM request
WHERE run_id = $run AND measured
GROUP BY GROUPING SETS ((segment, arm), (segment, arm, operation))
ORDER BY min(min(phase_id)) OVER (PARTITION BY segment), arm, operation NULLS FIRST;
