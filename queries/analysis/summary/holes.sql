-- The longest time without a host sample after the warm-up, in microseconds; the beginning of the measured
-- time and its end bound it like samples.
WITH
  span AS (SELECT start_us, end_us FROM after_warmup WHERE run_id = $run),
  marks AS (
    SELECT DISTINCT at_us FROM sample, span
    WHERE run_id = $run AND source = 'host' AND at_us BETWEEN start_us AND end_us
    UNION SELECT start_us FROM span
    UNION SELECT end_us FROM span
  )
SELECT max(gap) AS "holeUs" FROM (SELECT at_us - lag(at_us) OVER (ORDER BY at_us) AS gap FROM marks);
