-- The longest standstill that a generator saw in its own event loop after the warm-up, milliseconds.
SELECT max(value) AS "gapMs"
FROM sample
WHERE run_id = $run AND source = 'generator' AND metric = 'gap_ms'
  AND at_us > (SELECT start_us FROM after_warmup WHERE run_id = $run);
