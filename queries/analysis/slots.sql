-- Every scheduled slot once, by arm, phase and outcome.
SELECT arm, phase, outcome, count(*) AS n
FROM request
WHERE run_id = $run
GROUP BY ALL
ORDER BY arm, phase, outcome;
