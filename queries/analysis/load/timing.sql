-- The spooled rows become timings. What is not finite or below zero stands for nothing; outcomes and cache states are
-- told by their place among their names.
INSERT INTO timing
SELECT
  $run,
  CASE WHEN isfinite(slot) THEN slot END,
  attempt, worker, phase, operation,
  CASE WHEN isfinite(intended) THEN intended END,
  CASE WHEN isfinite(woke) THEN woke END,
  CASE WHEN isfinite(acquired) THEN acquired END,
  CASE WHEN isfinite(sent) THEN sent END,
  CASE WHEN isfinite(done) THEN done END,
  enum_range(NULL::outcome)[outcome + 1],
  error,
  CASE WHEN cache >= 0 THEN enum_range(NULL::cache_state)[cache + 1] END,
  CASE WHEN rows >= 0 THEN rows END,
  CASE WHEN isfinite(bytes) AND bytes >= 0 THEN bytes END,
  CASE WHEN isfinite(key) AND key >= 0 THEN key END,
  CASE WHEN isfinite(age) AND age >= 0 THEN age END,
  CASE WHEN loaded >= 0 THEN loaded = 1 END
FROM spooled_timing();
