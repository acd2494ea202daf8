-- The longest time between $from and $until, µs, in which nobody looked at the locks.
WITH looks AS (
  SELECT at_us FROM sample
  WHERE run_id = $run AND source = 'locks' AND metric = 'observer_ms' AND at_us BETWEEN $from AND $until
  UNION ALL
  SELECT unnest([CAST($from AS BIGINT), CAST($until AS BIGINT)])
)
SELECT max(us) AS us
FROM (SELECT at_us - lag(at_us) OVER (ORDER BY at_us) AS us FROM looks);
