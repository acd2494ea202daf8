-- Requests with a response time per measured block and operation, by which neighbouring blocks are joined. Blocks of the
-- same `round` (the arm's k-th measured block) stand beside each other in time and are paired.
WITH
  rounds AS (
    SELECT phase_id, arm, row_number() OVER (PARTITION BY arm ORDER BY block) AS round
    FROM phase
    WHERE run_id = $run AND measured
  ),
  counted AS (
    SELECT phase_id, operation_id, count(response_us) AS responses FROM slot WHERE run_id = $run GROUP BY ALL
  )
SELECT b.round, b.arm, o.name AS operation, sum(c.responses) AS responses
FROM counted c
JOIN rounds b USING (phase_id)
LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
GROUP BY ALL;
