-- Quantiles of the measured phases, or of those of $segment, per arm (operation NULL) and per arm and operation,
-- milliseconds; $levels is a JSON array. Where n × level is a whole number the rank is just that (as quantileRank of tasks/stats/quantile.ts has it),
-- so levels come a rounding error too small.
SELECT
  arm, operation,
  quantile_disc(response_ms, from_json($levels, '["DOUBLE"]')) AS response,
  quantile_disc(service_ms, from_json($levels, '["DOUBLE"]')) AS service,
  quantile_disc(waiting_ms, from_json($levels, '["DOUBLE"]')) AS waiting
FROM request
WHERE run_id = $run AND measured AND coalesce(segment = $segment, true)
GROUP BY GROUPING SETS ((arm), (arm, operation));
