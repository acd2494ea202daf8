-- The spooled rows become timings. The numbers of outcome and cache are places in OUTCOMES and
-- CACHE_STATES of the model; $codes is a JSON array of error codes. NaN becomes NULL: DuckDB orders it above
-- infinity. (TRY_CAST would do the same, but writes an error message for every NaN.)
INSERT INTO timing
SELECT
  $run,
  slot::BIGINT, attempt, worker, phase, operation,
  intended::BIGINT,
  CASE WHEN woke < 'infinity' THEN woke::BIGINT END,
  CASE WHEN acquired < 'infinity' THEN acquired::BIGINT END,
  CASE WHEN sent < 'infinity' THEN sent::BIGINT END,
  CASE WHEN done < 'infinity' THEN done::BIGINT END,
  CASE outcome
    WHEN 0 THEN 'ok'::outcome
    WHEN 1 THEN 'failed'::outcome
    WHEN 2 THEN 'timeout'::outcome
    WHEN 3 THEN 'shed'::outcome
    WHEN 4 THEN 'unsent'::outcome
  END,
  CASE WHEN error > 0 THEN from_json($codes, '["VARCHAR"]')[error] END,
  CASE cache
    WHEN 0 THEN 'hit'::cache_state
    WHEN 1 THEN 'miss'::cache_state
    WHEN 2 THEN 'stale'::cache_state
    WHEN 3 THEN 'bypass'::cache_state
  END,
  CASE WHEN rows >= 0 THEN rows END,
  CASE WHEN bytes >= 0 THEN bytes END
FROM spooled_timing();
