-- Response times of the measured phases in bins of a logarithmic axis, eight to a doubling, per segment and
-- arm.
WITH
  phases AS (
    SELECT phase_id, segment, arm, dense_rank() OVER (ORDER BY segment, arm)::USMALLINT AS part
    FROM phase
    WHERE run_id = $run AND measured
  ),
  -- Times are whole microseconds, so there are far fewer of them than requests.
  counted AS (
    SELECT part, operation_id, response_us, count(*) AS n
    FROM slot
    JOIN phases USING (phase_id)
    WHERE run_id = $run
    GROUP BY ALL
    HAVING response_us < 'infinity'
  ),
  named AS (
    SELECT
      p.segment, coalesce(p.arm, o.arm) AS arm, p.first,
      floor(log2(greatest(response_us / 1000.0, 0.001)) * 8) AS bin, c.n
    FROM counted c
    JOIN (SELECT part, segment, arm, min(phase_id) AS first FROM phases GROUP BY ALL) p USING (part)
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
  )
SELECT
  segment, arm,
  2 ** (bin / 8) AS "lowMs",
  2 ** ((bin + 1) / 8) AS "highMs",
  sum(n)::BIGINT AS n
FROM named
GROUP BY segment, arm, "lowMs", "highMs"
ORDER BY min(min(first)) OVER (PARTITION BY segment), arm, "lowMs";
