-- One row per second and block. What was due is counted, and its response times are taken, by intended time; what was
-- answered is counted by the time of the answer: a system that stands still answers nothing, whatever falls due. A
-- second in which the arm changes gives a row to each. `seconds` is how much of the second the block covers, and a whole
-- one where only answers came after its end: divide counts by it for rates.
WITH
  block AS (
    SELECT p.block, min(p.start_us) AS start_us, max(p.end_us) AS end_us FROM phase p WHERE p.run_id = $run GROUP BY p.block
  ),
  due AS (
    SELECT
      r.arm, r.block, r.intended_us // 1000000 AS second,
      max_by(r.phase, r.intended_us) AS phase,
      count(*) AS n,
      count(*) FILTER (r.outcome <> 'ok') AS errors,
      nullif(quantile_disc(r.response_ms, 0.5), 'infinity') AS p50,
      nullif(quantile_disc(r.response_ms, 0.95), 'infinity') AS p95,
      nullif(quantile_disc(r.response_ms, 0.99), 'infinity') AS p99
    FROM request r
    WHERE r.run_id = $run AND r.block >= 0
    GROUP BY ALL
  ),
  answered AS (
    SELECT
      r.arm, r.block, r.done_us // 1000000 AS second, max_by(r.phase, r.intended_us) AS phase, count(*) AS ok
    FROM request r
    WHERE r.run_id = $run AND r.block >= 0 AND r.outcome = 'ok'
    GROUP BY ALL
  )
SELECT
  arm, block, coalesce(d.phase, a.phase) AS phase, second,
  CASE
    WHEN (second + 1) * 1000000 <= b.start_us OR second * 1000000 >= b.end_us THEN 1
    ELSE greatest(
      0.001,
      (least((second + 1) * 1000000, b.end_us) - greatest(second * 1000000, b.start_us)) / 1e6
    )
  END AS seconds,
  coalesce(d.n, 0) AS n, coalesce(a.ok, 0) AS ok, coalesce(d.errors, 0) AS errors, d.p50, d.p95, d.p99
FROM due d
FULL JOIN answered a USING (arm, block, second)
JOIN block b USING (block)
ORDER BY second, block;
