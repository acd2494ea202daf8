-- How long each arm was measured, seconds, and in how many blocks; of $segment alone where it is not NULL.
SELECT arm, sum(end_us - start_us) / 1e6 AS seconds, count(*) AS blocks
FROM phase
WHERE run_id = $run AND measured AND coalesce(segment = $segment, true)
GROUP BY arm;
