-- Requests of the measured phases, or of those of $segment, that were not answered well, by code, most frequent first;
-- without those that were in flight when the run ended, as in counts.sql.
SELECT arm, operation, coalesce(error, outcome::VARCHAR) AS code, count(*) AS n
FROM request
WHERE run_id = $run AND measured AND coalesce(segment = $segment, true) AND outcome <> 'ok'
  AND NOT (outcome = 'timeout' AND done_us - woke_us < $limit_us)
GROUP BY GROUPING SETS ((arm, code), (arm, operation, code))
ORDER BY n DESC, code;
