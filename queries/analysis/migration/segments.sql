-- The parts of a migration's run in order of time, and in which of them, $changing, the database is changed.
SELECT segment, min(start_us) AS "startUs", max(end_us) AS "endUs", segment = $changing AS changing
FROM phase
WHERE run_id = $run
GROUP BY segment
ORDER BY min(start_us);
