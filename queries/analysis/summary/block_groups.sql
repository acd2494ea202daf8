-- Median and p95 in milliseconds per group of neighbouring rounds, arm and operation: what pairs are compared by. A
-- group goes from its first round to the next group's of the same `kind` and operation. Quantiles are infinite where
-- they lie among the never served, NULL without a response. A median between two values is their mean: with a handful
-- of requests the lower one alone would stray more.
WITH
  starts AS (
    SELECT unnest(
      from_json($groups, '[{"kind": "VARCHAR", "operation": "VARCHAR", "first": "BIGINT"}]'), recursive := true
    )
  ),
  rounds AS (
    SELECT phase_id, arm, row_number() OVER (PARTITION BY arm ORDER BY block) AS round
    FROM phase
    WHERE run_id = $run AND name = 'steady'
  ),
  placed AS (
    SELECT b.round, b.arm, r.operation, r.response_ms
    FROM request r
    JOIN rounds b ON b.phase_id = r.phase_id
    WHERE r.run_id = $run
  ),
  kinds AS (SELECT DISTINCT kind FROM starts),
  quantiles AS (
    SELECT
      s.kind, s.first AS round, p.arm, p.operation,
      count(p.response_ms) AS n,
      quantile_cont(p.response_ms, 0.5) AS p50,
      quantile_disc(p.response_ms, 0.95) AS p95,
      -- All operations together are told from single requests; 16 of many, evenly spaced by rank, tell as much.
      CASE
        WHEN any_value(s.kind) <> 'all' THEN NULL
        WHEN count(p.response_ms) <= 16 THEN list(p.response_ms) FILTER (p.response_ms IS NOT NULL)
        ELSE quantile_disc(p.response_ms, [
          0.03125, 0.09375, 0.15625, 0.21875, 0.28125, 0.34375, 0.40625, 0.46875,
          0.53125, 0.59375, 0.65625, 0.71875, 0.78125, 0.84375, 0.90625, 0.96875
        ])
      END AS times
    FROM (SELECT * FROM placed, kinds) p
    ASOF JOIN starts s ON p.kind = s.kind AND p.operation = s.operation AND p.round >= s.first
    GROUP BY ALL
  )
SELECT kind, round, arm, operation, n, CASE WHEN isnan(p50) THEN 'infinity' ELSE p50 END AS p50, p95, times
FROM quantiles
ORDER BY kind, round, arm, operation;
