-- Requests of each steady block that were still unanswered in its middle and at its end, and those shed.
SELECT
  p.block, p.arm,
  count(*) AS n,
  count(*) FILTER (
    r.intended_us <= (p.start_us + p.end_us) // 2 AND coalesce(r.done_us > (p.start_us + p.end_us) // 2, true)
    AND r.outcome <> 'shed'
  ) AS middle,
  count(*) FILTER (coalesce(r.done_us > p.end_us, true) AND r.outcome <> 'shed') AS "end",
  count(*) FILTER (r.outcome = 'shed') AS shed
FROM request r
JOIN phase p ON p.run_id = r.run_id AND p.phase_id = r.phase_id
WHERE r.run_id = $run AND p.name = 'steady'
GROUP BY ALL
ORDER BY p.block;
