-- What was not answered, by segment, arm, operation and reason, over the measured phases; most frequent first.
SELECT segment, arm, operation, outcome, coalesce(error, outcome::VARCHAR) AS error, count(*) AS n
FROM request
WHERE run_id = $run AND measured AND outcome <> 'ok'
GROUP BY ALL
ORDER BY n DESC, segment, arm, operation, error;
