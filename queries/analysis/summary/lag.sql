-- Generator lag (woke - intended) in milliseconds over everything after the warm-up, and the share of steady
-- slots that were dispatched within $limit milliseconds; a slot that was never dispatched was not on time.
SELECT
  quantile_disc(lag_ms, 0.5) AS p50,
  quantile_disc(lag_ms, 0.99) AS p99,
  max(lag_ms) AS max,
  count(*) FILTER (phase = 'steady') AS slots,
  count(*) FILTER (phase = 'steady' AND lag_ms <= $limit) AS "onTime"
FROM request
WHERE run_id = $run AND phase <> 'warmup';
