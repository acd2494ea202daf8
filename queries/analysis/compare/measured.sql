-- How long each arm of runs was measured, seconds. A phase of all arms (arm NULL) counts for each.
WITH
  wanted AS (SELECT unnest(from_json($runs, '["VARCHAR"]')) AS run_id),
  arms AS (SELECT DISTINCT run_id, arm FROM operation SEMI JOIN wanted USING (run_id))
SELECT p.run_id AS "runId", coalesce(p.arm, a.arm) AS arm, sum(p.end_us - p.start_us) / 1e6 AS seconds
FROM phase p
SEMI JOIN wanted USING (run_id)
LEFT JOIN arms a ON p.arm IS NULL AND a.run_id = p.run_id
WHERE p.measured
GROUP BY ALL;
