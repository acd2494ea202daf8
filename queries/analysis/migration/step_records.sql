-- Each statement of a migration as it ran; the last row of one counts.
SELECT * EXCLUDE (run_id) FROM migration_step WHERE run_id = $run ORDER BY step, statement;
