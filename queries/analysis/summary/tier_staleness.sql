-- How old what the reads over tiers answered was, ms, by arm: since the beginning of the last refresh that was over when the
-- tier was asked. That is when a read was sent, and its age is told of then; for what an entry of a cache answered, when the
-- entry had been asked for, and its age is told of when it was answered. What writers keep is never old by itself: there it is the
-- age of the entry, and none without one.
WITH read AS (
  SELECT
    arm, regexp_replace(path, '\+cache$', '') AS tier,
    CASE WHEN age_us IS NULL THEN sent_us ELSE done_us END AS at_us,
    CASE WHEN age_us IS NULL THEN sent_us ELSE done_us - age_us::BIGINT END AS asked_us
  FROM request
  WHERE run_id = $run AND measured AND outcome = 'ok' AND sent_us IS NOT NULL
    AND (age_us IS NOT NULL OR coalesce(cache, '') NOT IN ('hit', 'stale'))
    AND operation IN (SELECT unnest(from_json($reads::JSON, '["VARCHAR"]')))
), kept AS (
  SELECT tier, began_us, ended_us FROM tier_refresh WHERE run_id = $run AND outcome = 'ok'
), promised AS (
  SELECT each.arm AS arm, each.ms AS ms, each.written AS written
  FROM (SELECT unnest(from_json($promised::JSON, '[{"arm": "VARCHAR", "ms": "DOUBLE", "written": "BOOLEAN"}]')) AS each)
), aged AS (
  SELECT read.arm, (at_us - began_us) / 1000.0 AS age_ms
  FROM read ASOF JOIN kept ON read.tier = kept.tier AND read.asked_us >= kept.ended_us
  WHERE read.arm NOT IN (SELECT arm FROM promised WHERE written)
  UNION ALL
  SELECT read.arm, (at_us - asked_us) / 1000.0 AS age_ms
  FROM read JOIN promised ON promised.arm = read.arm AND promised.written
)
SELECT
  aged.arm, count(*) AS n,
  quantile_cont(age_ms, 0.5) AS "p50Ms", quantile_cont(age_ms, 0.95) AS "p95Ms", max(age_ms) AS "longestMs",
  count(*) FILTER (age_ms > promised.ms) AS beyond
FROM aged JOIN promised ON promised.arm = aged.arm
GROUP BY aged.arm
ORDER BY aged.arm;
