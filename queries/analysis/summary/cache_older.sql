-- Measured answers of an arm that were older than so many µs.
SELECT count(*) AS n FROM request WHERE run_id = $run AND arm = $arm AND measured AND age_us > $promised
