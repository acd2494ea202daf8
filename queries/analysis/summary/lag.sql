-- Generator lag (woke - intended) in milliseconds over everything after the warm-up, and the share of measured
-- slots that were dispatched within $limit milliseconds; a slot that was never dispatched was not on time.
-- Lags are whole microseconds, so there are far fewer of them than slots.
WITH
  counted AS (
    SELECT lag_us, coalesce(measured, false) AS measured, count(*) AS n
    FROM slot
    LEFT JOIN (SELECT phase_id, measured FROM phase WHERE run_id = $run) USING (phase_id)
    WHERE run_id = $run AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
    GROUP BY ALL
  ),
  placed AS (
    SELECT
      *,
      sum(n) FILTER (lag_us IS NOT NULL) OVER (ORDER BY lag_us) AS upto,
      sum(n) FILTER (lag_us IS NOT NULL) OVER () AS total
    FROM counted
  )
SELECT
  min(lag_us) FILTER (upto >= total - floor(total - total * 0.5)) / 1000.0 AS p50,
  min(lag_us) FILTER (upto >= total - floor(total - total * 0.99)) / 1000.0 AS p99,
  max(lag_us) / 1000.0 AS max,
  coalesce(sum(n) FILTER (measured), 0) AS slots,
  coalesce(sum(n) FILTER (measured AND lag_us / 1000.0 <= $limit), 0) AS "onTime"
FROM placed;
