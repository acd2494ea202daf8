-- What the cache answered by second of intended time, where there is a cache. A long run is shown in wider bins of
-- `seconds` each, so that there are never more than 1,800.
WITH
  bin AS (
    SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS width FROM phase WHERE run_id = $run
  ),
  -- A slot of no known phase goes by its operation alone.
  phases AS (SELECT phase_id, arm, dense_rank() OVER (ORDER BY arm)::USMALLINT AS part FROM phase WHERE run_id = $run),
  counted AS (
    SELECT part, operation_id, intended_us // 1000000 // width * width AS second, cache AS state, count(*) AS n
    FROM slot
    LEFT JOIN phases USING (phase_id)
    CROSS JOIN bin
    WHERE run_id = $run AND cache IS NOT NULL
    GROUP BY ALL
  )
SELECT coalesce(p.arm, o.arm) AS arm, second, width AS seconds, state, sum(n)::BIGINT AS n
FROM counted c
CROSS JOIN bin
LEFT JOIN (SELECT DISTINCT part, arm FROM phases) p USING (part)
LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
GROUP BY ALL
ORDER BY second, arm, state;
