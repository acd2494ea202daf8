-- Timings of a made-up open loop: lognormal service times, some of them long, a few errors and timeouts, and a cache that
-- answers most of what it may. Operations are numbered as made_up_run.ts numbers them. Slots $from to below $to, one every $period µs or so.
INSERT INTO timing
WITH due AS (
  SELECT slot, ((slot + draw(slot, 1)) * $period)::BIGINT AS intended_us
  FROM (SELECT unnest(range($from::BIGINT, $to::BIGINT)) AS slot)
), asked AS (
  SELECT
    slot, intended_us, phase_id, arm,
    CASE
      WHEN draw(slot, 2) < 0.3 THEN 0 WHEN draw(slot, 2) < 0.5 THEN 1 WHEN draw(slot, 2) < 0.7 THEN 2
      WHEN draw(slot, 2) < 0.82 THEN 3 WHEN draw(slot, 2) < 0.92 THEN 4 WHEN draw(slot, 2) < 0.95 THEN 5 ELSE 6
    END AS question,
    arm = 'sql+cache' AND draw(slot, 3) < 0.85 AS hit,
    sqrt(-2 * ln(1 - draw(slot, 4))) * cos(2 * pi() * draw(slot, 5)) AS normal,
    draw(slot, 6) AS fate
  FROM due ASOF JOIN (SELECT phase_id, arm, start_us FROM phase WHERE run_id = $run) p ON intended_us >= start_us
), answered AS (
  SELECT
    *,
    CASE WHEN fate < 0.0004 THEN 'timeout' WHEN fate < 0.003 THEN 'failed' ELSE 'ok' END AS outcome,
    (intended_us + 25 + 40 * draw(slot, 7))::BIGINT AS woke_us,
    1000 * exp(0.45 * normal) * CASE WHEN draw(slot, 8) < 0.004 THEN 8 ELSE 1 END * CASE
      WHEN hit THEN 0.22
      ELSE [0.35, 0.9, 1.3, 0.8, 1.9, 4.2, 1.6][1 + question] * CASE WHEN arm = 'graphql' THEN 2.6 ELSE 1 END
    END AS service_us
  FROM asked
)
SELECT
  $run, slot, 0, 0, phase_id,
  question + CASE arm WHEN 'sql' THEN 0 WHEN 'graphql' THEN 7 ELSE 14 END,
  intended_us, woke_us, woke_us + 8, woke_us + 10,
  woke_us + 10 + CASE WHEN outcome = 'timeout' THEN 2000000 ELSE service_us END::BIGINT,
  outcome,
  CASE WHEN outcome = 'failed' THEN '40001' END,
  CASE WHEN arm = 'sql+cache' THEN CASE WHEN hit THEN 'hit' ELSE 'miss' END END,
  CASE WHEN outcome = 'ok' THEN 10 END,
  CASE WHEN outcome = 'ok' THEN 2400 END,
  NULL, NULL, NULL
FROM answered
