-- Every scheduled slot once, by arm, segment (in order of time) and outcome.
WITH
  cells AS (
    SELECT phase_id, operation_id, outcome, count(*) AS n FROM slot WHERE run_id = $run GROUP BY ALL
  ),
  named AS (
    SELECT
      coalesce(p.arm, o.arm) AS arm, coalesce(p.segment, 'unknown') AS segment, outcome,
      sum(n)::BIGINT AS n, min(c.phase_id) AS first
    FROM cells c
    LEFT JOIN phase p ON p.run_id = $run AND p.phase_id = c.phase_id
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
    GROUP BY ALL
  )
SELECT arm, segment AS phase, outcome, n
FROM named
ORDER BY arm, min(first) OVER (PARTITION BY arm, segment), segment, outcome;
