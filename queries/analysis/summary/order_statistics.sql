-- Chosen order statistics of one arm's steady phases, one operation or all ($operation NULL). The fractions are
-- JSON arrays of (rank - 0.5) / n, which quantile_disc takes to exactly that rank whatever the rounding.
SELECT
  quantile_disc(response_ms, from_json($response, '["DOUBLE"]')) AS response,
  quantile_disc(service_ms, from_json($service, '["DOUBLE"]')) AS service,
  quantile_disc(waiting_ms, from_json($waiting, '["DOUBLE"]')) AS waiting
FROM request
WHERE run_id = $run AND phase = 'steady' AND arm = $arm AND ($operation IS NULL OR operation = $operation);
