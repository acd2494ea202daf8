-- How long each arm was measured, seconds.
SELECT arm, sum(end_us - start_us) / 1e6 AS seconds
FROM phase
WHERE run_id = $run AND name = 'steady'
GROUP BY arm;
