-- One row per second of intended time and block; a second in which the arm changes gives a row to each.
-- `seconds` is how much of the second the block covers: divide counts by it for rates.
SELECT
  r.arm, r.block,
  max_by(r.phase, r.intended_us) AS phase,
  r.intended_us // 1000000 AS second,
  greatest(
    0.001,
    (least((r.intended_us // 1000000 + 1) * 1000000, max(p.end_us))
      - greatest(r.intended_us // 1000000 * 1000000, min(p.start_us))) / 1e6
  ) AS seconds,
  count(*) AS n,
  count(*) FILTER (r.outcome = 'ok') AS ok,
  count(*) FILTER (r.outcome <> 'ok') AS errors,
  nullif(quantile_disc(r.response_ms, 0.5), 'infinity') AS p50,
  nullif(quantile_disc(r.response_ms, 0.95), 'infinity') AS p95,
  nullif(quantile_disc(r.response_ms, 0.99), 'infinity') AS p99
FROM request r
JOIN phase p ON p.run_id = r.run_id AND p.phase_id = r.phase_id
WHERE r.run_id = $run
GROUP BY r.arm, r.block, r.intended_us // 1000000
ORDER BY second, r.block;
