-- How many rows the store has of a run.
SELECT count(*) AS count FROM timing WHERE run_id = $run;
