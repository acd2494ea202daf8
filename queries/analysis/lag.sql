-- Generator lag (woke - intended) in milliseconds by second of intended time; a quantile is NULL where so few requests
-- cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts.
SELECT
  intended_us // 1000000 AS second,
  count(*) AS n,
  CASE WHEN 0.5 ** count(*) <= 0.025 THEN quantile_disc(lag_ms, 0.5) END AS p50,
  CASE WHEN 0.99 ** count(*) <= 0.025 THEN quantile_disc(lag_ms, 0.99) END AS p99,
  max(lag_ms) AS max
FROM request
WHERE run_id = $run AND lag_ms IS NOT NULL
GROUP BY ALL
ORDER BY second;
