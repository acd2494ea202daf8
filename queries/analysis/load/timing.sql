-- The spooled rows become timings.
INSERT INTO timing
SELECT
  $run, slot, attempt, worker, phase, operation, intended, woke, acquired, sent, done, outcome, error,
  cache, rows, bytes
FROM spooled_timing();
