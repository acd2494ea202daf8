-- Requests by second of intended time and response time, four logarithmic bins to a doubling, per arm, all
-- phases. A long run is shown in wider bins of `seconds` each, so that there are never more than 1,800.
WITH
  bin AS (
    SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS width FROM phase WHERE run_id = $run
  ),
  -- A slot of no known phase goes by its operation alone.
  phases AS (SELECT phase_id, arm, dense_rank() OVER (ORDER BY arm)::USMALLINT AS part FROM phase WHERE run_id = $run),
  counted AS (
    SELECT
      part, operation_id,
      intended_us // 1000000 // width * width AS second,
      floor(log2(greatest(response_us / 1000.0, 0.001)) * 4) AS bin,
      count(*) AS n
    FROM slot
    LEFT JOIN phases USING (phase_id)
    CROSS JOIN bin
    WHERE run_id = $run AND response_us < 'infinity'
    GROUP BY ALL
  )
SELECT
  coalesce(p.arm, o.arm) AS arm,
  second,
  width AS seconds,
  2 ** (bin / 4) AS "lowMs",
  2 ** ((bin + 1) / 4) AS "highMs",
  sum(n)::BIGINT AS n
FROM counted c
CROSS JOIN bin
LEFT JOIN (SELECT DISTINCT part, arm FROM phases) p USING (part)
LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
GROUP BY ALL
ORDER BY second, arm, "lowMs";
