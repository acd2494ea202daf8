-- About which values lie at the ranks $ranks, a JSON array with one object for each: `rank` counts from 1 among the
-- values of `measure` that the group has (operation NULL: the arm) in the measured phases, or in those of $segment.
-- Values are counted in bins of a logarithmic axis, 256 to a doubling, so that nothing is sorted: `low` is the least
-- value of the rank's bin and `high` its greatest, at most 0.3 % from the one at the rank.
WITH
  wanted AS (
    SELECT unnest(
      from_json(
        $ranks,
        '[{"arm": "VARCHAR", "operation": "VARCHAR", "measure": "VARCHAR", "rank": "BIGINT"}]'
      ),
      recursive := true
    )
  ),
  measured AS (
    SELECT arm, operation, response_ms, service_ms, waiting_ms FROM request
    WHERE run_id = $run AND measured AND coalesce(segment = $segment, true)
  ),
  timed AS (
    SELECT arm, operation, 'response' AS measure, response_ms AS ms FROM measured WHERE response_ms IS NOT NULL
    UNION ALL
    SELECT arm, operation, 'service', service_ms FROM measured WHERE service_ms IS NOT NULL
    UNION ALL
    SELECT arm, operation, 'waiting', waiting_ms FROM measured WHERE waiting_ms IS NOT NULL
  ),
  binned AS (
    SELECT
      arm, operation, measure,
      CASE WHEN isinf(ms) THEN 1000000 ELSE floor(log2(greatest(ms, 0.0001)) * 256)::INTEGER END AS bin,
      count(*) AS n, min(ms) AS low, max(ms) AS high
    FROM timed
    GROUP BY ALL
  ),
  grouped AS (
    SELECT arm, operation, measure, bin, sum(n)::BIGINT AS n, min(low) AS low, max(high) AS high
    FROM binned
    GROUP BY GROUPING SETS ((arm, measure, bin), (arm, operation, measure, bin))
  ),
  placed AS (
    SELECT *, (sum(n) OVER (PARTITION BY arm, operation, measure ORDER BY bin))::BIGINT AS upto FROM grouped
  )
SELECT w.arm, w.operation, w.measure, w.rank, p.low, p.high
FROM wanted w
JOIN placed p ON p.arm = w.arm AND p.operation IS NOT DISTINCT FROM w.operation AND p.measure = w.measure
  AND w.rank > p.upto - p.n AND w.rank <= p.upto;
