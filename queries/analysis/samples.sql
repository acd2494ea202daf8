-- All samples on the run's clock.
SELECT (at_us / 1e6)::DOUBLE AS second, source, metric, labels, value
FROM sample
WHERE run_id = $run
ORDER BY at_us, source, metric, labels;
