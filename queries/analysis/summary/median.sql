-- The median response time over all arms' steady phases, milliseconds.
SELECT nullif(quantile_disc(response_ms, 0.5), 'infinity') AS p50
FROM request
WHERE run_id = $run AND phase = 'steady';
