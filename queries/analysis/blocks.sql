-- Response times in milliseconds per measured block and operation: what is compared. Blocks of the same `round` (the
-- arm's k-th measured block) stand beside each other in time and are paired. `responses` leaves out what failed. A
-- quantile is infinite where it lies among the never served.
WITH rounds AS (
  SELECT phase_id, block, segment, arm, row_number() OVER (PARTITION BY arm ORDER BY block) AS round
  FROM phase
  WHERE run_id = $run AND measured
)
SELECT
  b.round, b.block, b.segment, b.arm, r.operation,
  count(*) AS n,
  count(r.response_ms) AS responses,
  quantile_disc(r.response_ms, 0.5) AS p50,
  quantile_disc(r.response_ms, 0.95) AS p95
FROM request r
JOIN rounds b ON b.phase_id = r.phase_id
WHERE r.run_id = $run
GROUP BY ALL
ORDER BY b.block, r.operation;
