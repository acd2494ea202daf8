-- Requests by second of intended time and response time, four logarithmic bins to a doubling, per arm, all
-- phases.
SELECT
  arm,
  intended_us // 1000000 AS second,
  2 ** (floor(log2(greatest(response_ms, 0.001)) * 4) / 4) AS "lowMs",
  2 ** ((floor(log2(greatest(response_ms, 0.001)) * 4) + 1) / 4) AS "highMs",
  count(*) AS n
FROM request
WHERE run_id = $run AND response_ms < 'infinity'
GROUP BY ALL
ORDER BY second, arm, "lowMs";
