-- The parts of a run in order of time.
SELECT segment, min(start_us) AS "startUs", max(end_us) AS "endUs"
FROM phase
WHERE run_id = $run
GROUP BY segment
ORDER BY min(start_us);
