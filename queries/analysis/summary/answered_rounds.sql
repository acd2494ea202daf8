-- Answers a second of each arm in its k-th measured block, its round: what arms that are served by more or fewer
-- processes are compared by.
WITH rounds AS (
  SELECT
    phase_id, arm, greatest(1, end_us - start_us) / 1e6 AS seconds,
    row_number() OVER (PARTITION BY arm ORDER BY block)::INTEGER AS round
  FROM phase
  WHERE run_id = $run AND measured AND arm IS NOT NULL
)
SELECT b.round, b.arm, count(*) FILTER (r.outcome = 'ok') / any_value(b.seconds) AS "perSecond"
FROM rounds b
LEFT JOIN request r ON r.run_id = $run AND r.phase_id = b.phase_id
GROUP BY b.round, b.arm
ORDER BY b.round, b.arm;
