-- The segments that are measured, in order of time.
SELECT segment FROM phase WHERE run_id = $run AND measured GROUP BY segment ORDER BY min(phase_id);
