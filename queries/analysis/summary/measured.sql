-- How long each arm was measured, seconds, and in how many blocks; in each segment by itself with $by_segment (without it
-- `segment` is NULL). A phase of all arms (arm NULL) counts for each.
SELECT
  CASE WHEN $by_segment THEN p.segment END AS segment,
  coalesce(p.arm, o.arm) AS arm, sum(end_us - start_us) / 1e6 AS seconds, count(*) AS blocks
FROM phase p
LEFT JOIN (SELECT DISTINCT arm FROM operation WHERE run_id = $run) o ON p.arm IS NULL
WHERE run_id = $run AND measured
GROUP BY ALL;
