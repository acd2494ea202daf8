-- One row per second and block; where blocks are shorter than a second, per second and arm, whose first block stands
-- for all of it. What was due is counted, and its response times are taken, by intended time; what was
-- answered is counted by the time of the answer: a system that stands still answers nothing, whatever falls due. A
-- second in which the arm changes gives a row to each. `seconds` is how much of the second the block covers, and a
-- whole one where only answers came after its end: divide counts by it for rates. A quantile is NULL where so few
-- requests cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts. A run of more than half an hour is
-- shown in wider bins instead of seconds, of `bin` seconds each, so that there are never more than 1,800. `warmup`:
-- before the first block that is measured. What a run that ended early cut off, in flight or not yet sent, is no error.
WITH
  run_end AS (
    SELECT status <> 'complete' AS early, coalesce((config->>'timeoutMs')::DOUBLE * 1000 - 2, 0) AS limit_us
    FROM run
    WHERE run_id = $run
  ),
  width AS (
    SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS bin FROM phase WHERE run_id = $run
  ),
  block AS (
    SELECT p.block, any_value(p.arm) AS arm, min(p.start_us) AS start_us, max(p.end_us) AS end_us
    FROM phase p
    WHERE p.run_id = $run
    GROUP BY p.block
  ),
  place AS (
    SELECT
      *,
      CASE
        WHEN median(end_us - start_us) OVER () < bin * 1000000 THEN min(block) OVER (PARTITION BY arm)
        ELSE block
      END AS shown
    FROM block, width
  ),
  covered AS (
    SELECT
      shown, nth * bin AS second,
      sum(least((nth + 1) * bin * 1000000, end_us) - greatest(nth * bin * 1000000, start_us)) / 1e6 AS seconds
    FROM (
      SELECT
        *,
        unnest(range(start_us // 1000000 // bin, greatest(start_us, end_us - 1) // 1000000 // bin + 1)) AS nth
      FROM place
    )
    GROUP BY ALL
  ),
  due AS (
    SELECT
      r.arm, p.shown, r.intended_us // 1000000 // bin * bin AS second,
      max_by(r.segment, r.intended_us) AS segment,
      max(r.phase_id) AS phase_id,
      count(*) AS n,
      count(*) FILTER (
        r.outcome <> 'ok' AND NOT (
          e.early AND (r.outcome = 'unsent' OR r.outcome = 'timeout' AND r.done_us - r.woke_us < e.limit_us)
        )
      ) AS errors,
      CASE WHEN 0.5 ** count(r.response_ms) <= 0.025
        THEN nullif(quantile_disc(r.response_ms, 0.5), 'infinity') END AS p50,
      CASE WHEN 0.95 ** count(r.response_ms) <= 0.025
        THEN nullif(quantile_disc(r.response_ms, 0.95), 'infinity') END AS p95,
      CASE WHEN 0.99 ** count(r.response_ms) <= 0.025
        THEN nullif(quantile_disc(r.response_ms, 0.99), 'infinity') END AS p99
    FROM request r
    JOIN place p ON p.block = r.block
    CROSS JOIN run_end e
    WHERE r.run_id = $run AND r.block >= 0
    GROUP BY ALL
  ),
  answered AS (
    SELECT
      r.arm, p.shown, r.done_us // 1000000 // bin * bin AS second,
      max_by(r.segment, r.intended_us) AS segment, max(r.phase_id) AS phase_id, count(*) AS ok
    FROM request r
    JOIN place p ON p.block = r.block
    WHERE r.run_id = $run AND r.block >= 0 AND r.outcome = 'ok'
    GROUP BY ALL
  )
SELECT
  arm, shown AS block, coalesce(d.segment, a.segment) AS segment,
  coalesce(coalesce(d.phase_id, a.phase_id) < (SELECT phase_id FROM after_warmup WHERE run_id = $run), true) AS warmup,
  second, bin,
  greatest(0.001, coalesce(c.seconds, bin)) AS seconds,
  coalesce(d.n, 0) AS n, coalesce(a.ok, 0) AS ok, coalesce(d.errors, 0) AS errors, d.p50, d.p95, d.p99
FROM due d
FULL JOIN answered a USING (arm, shown, second)
LEFT JOIN covered c USING (shown, second)
CROSS JOIN width
ORDER BY second, block;
