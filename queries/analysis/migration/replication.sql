-- How far the other server of a move was behind, as it was sampled, in order of time; seconds from the run's start.
SELECT
  (at_us / 1e6)::DOUBLE AS second,
  max(value) FILTER (metric = 'lag_bytes') AS bytes,
  max(value) FILTER (metric = 'lag_ms') AS ms
FROM sample
WHERE run_id = $run AND source = 'move' AND metric IN ('lag_bytes', 'lag_ms')
GROUP BY at_us
ORDER BY at_us;
