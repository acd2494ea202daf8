-- Generator lag (woke - intended) in milliseconds over everything after the warm-up, and the share of measured
-- slots that were dispatched within $limit milliseconds; a slot that was never dispatched was not on time.
-- Both quantiles in one list: each aggregate of its own would hold all values once more.
WITH seen AS (
  SELECT
    quantile_disc(lag_ms, [0.5, 0.99]) AS quantiles,
    max(lag_ms) AS max,
    count(*) FILTER (measured) AS slots,
    count(*) FILTER (measured AND lag_ms <= $limit) AS "onTime"
  FROM request
  WHERE run_id = $run AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
)
SELECT quantiles[1] AS p50, quantiles[2] AS p99, max, slots, "onTime" FROM seen;
