-- Generator lag (woke - intended) in milliseconds by second of intended time.
SELECT
  intended_us // 1000000 AS second,
  count(*) AS n,
  quantile_disc(lag_ms, 0.5) AS p50,
  quantile_disc(lag_ms, 0.99) AS p99,
  max(lag_ms) AS max
FROM request
WHERE run_id = $run AND lag_ms IS NOT NULL
GROUP BY ALL
ORDER BY second;
