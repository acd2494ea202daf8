-- The spooled rows become timings; only their error codes are still numbers: places in the JSON array $codes.
INSERT INTO timing
SELECT
  $run, slot, attempt, worker, phase, operation, intended, woke, acquired, sent, done, outcome,
  CASE WHEN error > 0 THEN from_json($codes, '["VARCHAR"]')[error] END,
  cache, rows, bytes
FROM spooled_timing();
