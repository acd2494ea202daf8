-- Order statistics of the steady phases per arm (operation NULL) and per arm and operation. The fractions are
-- JSON arrays of (rank - 0.5) / n, which quantile_disc takes to exactly that rank whatever the rounding. They
-- are those of all groups together, so that one pass serves all: a group means something at its own fractions
-- only.
SELECT
  arm, operation,
  quantile_disc(response_ms, from_json($response, '["DOUBLE"]')) AS response,
  quantile_disc(service_ms, from_json($service, '["DOUBLE"]')) AS service,
  quantile_disc(waiting_ms, from_json($waiting, '["DOUBLE"]')) AS waiting
FROM request
WHERE run_id = $run AND phase = 'steady'
GROUP BY GROUPING SETS ((arm), (arm, operation));
