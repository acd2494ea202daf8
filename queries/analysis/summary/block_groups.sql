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
      quantile_disc(p.response_ms, 0.95) AS p95
    FROM (SELECT * FROM placed, kinds) p
    ASOF JOIN starts s ON p.kind = s.kind AND p.operation = s.operation AND p.round >= s.first
    GROUP BY ALL
  )
SELECT kind, round, arm, operation, n, CASE WHEN isnan(p50) THEN 'infinity' ELSE p50 END AS p50, p95
FROM quantiles
ORDER BY kind, round, arm, operation;
