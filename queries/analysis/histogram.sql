-- Response times of the measured phases in bins of a logarithmic axis, eight to a doubling, per segment and
-- arm.
SELECT
  segment, arm,
  2 ** (floor(log2(greatest(response_ms, 0.001)) * 8) / 8) AS "lowMs",
  2 ** ((floor(log2(greatest(response_ms, 0.001)) * 8) + 1) / 8) AS "highMs",
  count(*) AS n
FROM request
WHERE run_id = $run AND measured AND response_ms < 'infinity'
GROUP BY segment, arm, "lowMs", "highMs"
ORDER BY min(min(phase_id)) OVER (PARTITION BY segment), arm, "lowMs";
