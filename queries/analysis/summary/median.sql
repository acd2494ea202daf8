-- The median of what requests took in all arms' measured phases, milliseconds, without the generator's own lag: a
-- generator that is late must not be excused by the lateness it caused.
SELECT nullif(quantile_disc(response_ms - coalesce(lag_ms, 0), 0.5), 'infinity') AS p50
FROM request
WHERE run_id = $run AND measured;
