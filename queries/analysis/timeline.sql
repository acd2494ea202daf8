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
  -- Each phase with each operation that may be asked in it: a small table, which every row is then looked up in.
  phases AS (SELECT phase_id, block, segment, arm FROM phase WHERE run_id = $run),
  cells AS (
    SELECT
      p.phase_id, o.operation_id, b.shown, coalesce(p.arm, o.arm) AS arm,
      dense_rank() OVER (ORDER BY coalesce(p.arm, o.arm))::USMALLINT AS arm_id
    FROM phases p
    JOIN place b USING (block)
    CROSS JOIN operation o
    WHERE o.run_id = $run
  ),
  due AS (
    SELECT
      c.arm_id, c.shown, s.intended_us // 1000000 // bin * bin AS second,
      max_by(s.phase_id, s.intended_us) AS last_phase,
      max(s.phase_id) AS phase_id,
      count(*) AS n,
      count(*) FILTER (
        s.outcome <> 'ok'::outcome AND NOT (
          e.early AND (
            s.outcome = 'unsent'::outcome OR s.outcome = 'timeout'::outcome AND s.done_us - s.woke_us < e.limit_us
          )
        )
      ) AS errors,
      count(s.response_us) AS responses,
      quantile_disc(s.response_us, [0.5, 0.95, 0.99]) AS quantiles
    FROM slot s
    JOIN cells c ON c.phase_id = s.phase_id AND c.operation_id = s.operation_id
    CROSS JOIN run_end e
    CROSS JOIN width
    WHERE s.run_id = $run
    GROUP BY ALL
  ),
  answered AS (
    SELECT
      c.arm_id, c.shown, s.done_us // 1000000 // bin * bin AS second,
      max_by(s.phase_id, s.intended_us) AS last_phase, max(s.phase_id) AS phase_id, count(*) AS ok
    FROM slot s
    JOIN cells c ON c.phase_id = s.phase_id AND c.operation_id = s.operation_id
    CROSS JOIN width
    WHERE s.run_id = $run AND s.outcome = 'ok'::outcome
    GROUP BY ALL
  )
SELECT
  n.arm, shown AS block, p.segment,
  coalesce(coalesce(d.phase_id, a.phase_id) < (SELECT phase_id FROM after_warmup WHERE run_id = $run), true) AS warmup,
  second, bin,
  greatest(0.001, coalesce(c.seconds, bin)) AS seconds,
  coalesce(d.n, 0) AS n, coalesce(a.ok, 0) AS ok, coalesce(d.errors, 0) AS errors,
  CASE WHEN 0.5 ** d.responses <= 0.025 THEN nullif(d.quantiles[1] / 1000.0, 'infinity') END AS p50,
  CASE WHEN 0.95 ** d.responses <= 0.025 THEN nullif(d.quantiles[2] / 1000.0, 'infinity') END AS p95,
  CASE WHEN 0.99 ** d.responses <= 0.025 THEN nullif(d.quantiles[3] / 1000.0, 'infinity') END AS p99
FROM due d
FULL JOIN answered a USING (arm_id, shown, second)
LEFT JOIN covered c USING (shown, second)
JOIN (SELECT DISTINCT arm_id, arm FROM cells) n USING (arm_id)
JOIN phases p ON p.phase_id = coalesce(d.last_phase, a.last_phase)
CROSS JOIN width
ORDER BY second, block;
