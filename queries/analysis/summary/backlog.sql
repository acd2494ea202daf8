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
  ),
  stretches AS (
    SELECT *, dense_rank() OVER (ORDER BY arm, nth // joined)::UINTEGER AS stretch FROM phases
  ),
  halves AS (
    SELECT
      p.stretch, r.intended_us <= p.middle_us AS early,
      count(*) AS n,
      count(*) FILTER (coalesce(r.done_us > p.middle_us, true) AND r.outcome <> 'shed'::outcome) AS middle,
      count(*) FILTER (coalesce(r.done_us > p.end_us, true) AND r.outcome <> 'shed'::outcome) AS "end",
      count(*) FILTER (r.outcome = 'shed'::outcome) AS shed,
      quantile_disc(r.response_us, 0.5) AS p50
    FROM slot r
    JOIN stretches p ON p.phase_id = r.phase_id
    WHERE r.run_id = $run
    GROUP BY ALL
  )
SELECT
  s.block, s.arm, s.joined,
  sum(n) AS n, coalesce(sum(middle) FILTER (early), 0) AS middle, sum("end") AS "end", sum(shed) AS shed,
  any_value(p50) FILTER (early) / 1000.0 AS early,
  any_value(p50) FILTER (NOT early) / 1000.0 AS late
FROM halves
JOIN (
  SELECT stretch, min(block) AS block, any_value(arm) AS arm, any_value(joined) AS joined FROM stretches GROUP BY stretch
) s USING (stretch)
GROUP BY ALL
ORDER BY s.block;
