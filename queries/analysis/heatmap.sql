-- Requests by second of intended time and response time, four logarithmic bins to a doubling, per arm, all
-- phases. A long run is shown in wider bins of `seconds` each, so that there are never more than 1,800.
WITH bin AS (
  SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS width FROM phase WHERE run_id = $run
)
SELECT
  arm,
  intended_us // 1000000 // width * width AS second,
  width AS seconds,
  2 ** (floor(log2(greatest(response_ms, 0.001)) * 4) / 4) AS "lowMs",
  2 ** ((floor(log2(greatest(response_ms, 0.001)) * 4) + 1) / 4) AS "highMs",
  count(*) AS n
FROM request, bin
WHERE run_id = $run AND response_ms < 'infinity'
GROUP BY ALL
ORDER BY second, arm, "lowMs";
