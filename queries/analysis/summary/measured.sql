-- How long each arm was measured, seconds, and in how many blocks; of $segment alone where it is not NULL. A phase of all
-- arms (arm NULL) counts for each.
SELECT coalesce(p.arm, o.arm) AS arm, sum(end_us - start_us) / 1e6 AS seconds, count(*) AS blocks
FROM phase p
LEFT JOIN (SELECT DISTINCT arm FROM operation WHERE run_id = $run) o ON p.arm IS NULL
WHERE run_id = $run AND measured AND coalesce(segment = $segment, true)
GROUP BY ALL;
