-- The locks that each statement of a migration took or waited for, the longest first.
SELECT * EXCLUDE (run_id) FROM statement_lock WHERE run_id = $run
ORDER BY step, statement, greatest(held_us, waited_us) DESC, relation, mode;
