-- The parts of a run in order of time: what its phases call a segment, from the first phase of it to the last.
SELECT segment, min(start_us) AS "startUs", max(end_us) AS "endUs"
FROM phase
WHERE run_id = $run
GROUP BY segment
ORDER BY min(start_us);
