-- Generator lag (woke - intended) in milliseconds over everything after the warm-up, and the share of steady
-- slots that were dispatched within $limit milliseconds; a slot that was never dispatched was not on time.
-- Both quantiles in one list: each aggregate of its own would hold all values once more.
WITH seen AS (
  SELECT
    quantile_disc(lag_ms, [0.5, 0.99]) AS quantiles,
    max(lag_ms) AS max,
    count(*) FILTER (phase = 'steady') AS slots,
    count(*) FILTER (phase = 'steady' AND lag_ms <= $limit) AS "onTime"
  FROM request
  WHERE run_id = $run AND phase <> 'warmup'
)
SELECT quantiles[1] AS p50, quantiles[2] AS p99, max, slots, "onTime" FROM seen;
