-- Requests of the measured phases, of each segment by itself with $by_segment (without it `segment` is NULL), that were
-- not answered well, by code, most frequent first; without those that were in flight when the run ended, as in counts.sql.
SELECT segment, arm, operation, coalesce(error, outcome::VARCHAR) AS code, count(*) AS n
FROM (SELECT * REPLACE (CASE WHEN $by_segment THEN segment END AS segment) FROM request)
WHERE run_id = $run AND measured AND outcome <> 'ok'
  AND NOT (outcome = 'timeout' AND done_us - woke_us < $limit_us)
GROUP BY GROUPING SETS ((segment, arm, code), (segment, arm, operation, code))
ORDER BY n DESC, code;
