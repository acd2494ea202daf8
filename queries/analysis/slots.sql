-- Every scheduled slot once, by arm, segment (in order of time) and outcome.
SELECT arm, segment AS phase, outcome, n
FROM (
  SELECT arm, segment, outcome, count(*) AS n, min(phase_id) AS first
  FROM request
  WHERE run_id = $run
  GROUP BY arm, segment, outcome
)
ORDER BY arm, min(first) OVER (PARTITION BY arm, segment), segment, outcome;
