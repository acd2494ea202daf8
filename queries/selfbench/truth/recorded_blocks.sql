-- Response times of a run's measured blocks, milliseconds, per arm, round (from 0) and operation; infinite among the never
-- served.
WITH rounds AS (
  SELECT phase_id, arm, row_number() OVER (PARTITION BY arm ORDER BY block) - 1 AS round
  FROM phase
  WHERE run_id = $run AND measured
)
SELECT b.arm, b.round, r.operation, list(r.response_ms) AS times
FROM request r
JOIN rounds b USING (phase_id)
WHERE r.run_id = $run AND r.response_ms IS NOT NULL
GROUP BY ALL
ORDER BY b.arm, b.round, r.operation;
