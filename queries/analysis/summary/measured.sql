-- How long each arm was measured, seconds, and in how many blocks.
SELECT arm, sum(end_us - start_us) / 1e6 AS seconds, count(*) AS blocks
FROM phase
WHERE run_id = $run AND measured
GROUP BY arm;
