-- Steady blocks of each arm, short ones joined with their neighbours to stretches of about two seconds: requests still
-- unanswered in the blocks' middles and at their ends, those shed, and the median response time, milliseconds, of what
-- fell due in the blocks' first and second halves.
WITH
  phases AS (
    SELECT
      phase_id, block, arm, start_us, end_us, (start_us + end_us) // 2 AS middle_us,
      row_number() OVER (PARTITION BY arm ORDER BY block) - 1 AS nth,
      greatest(1, round(2e6 / greatest(1, median(end_us - start_us) OVER (PARTITION BY arm))))::BIGINT AS joined
    FROM phase
    WHERE run_id = $run AND measured
  )
SELECT
  min(p.block) AS block, p.arm, any_value(p.joined) AS joined,
  count(*) AS n,
  count(*) FILTER (
    r.intended_us <= p.middle_us AND coalesce(r.done_us > p.middle_us, true) AND r.outcome <> 'shed'
  ) AS middle,
  count(*) FILTER (coalesce(r.done_us > p.end_us, true) AND r.outcome <> 'shed') AS "end",
  count(*) FILTER (r.outcome = 'shed') AS shed,
  quantile_disc(r.response_ms, 0.5) FILTER (r.intended_us <= p.middle_us) AS early,
  quantile_disc(r.response_ms, 0.5) FILTER (r.intended_us > p.middle_us) AS late
FROM request r
JOIN phases p ON p.phase_id = r.phase_id
WHERE r.run_id = $run
GROUP BY p.arm, p.nth // p.joined
ORDER BY block;
