-- About which values lie at the ranks $ranks, a JSON array with one object for each: `rank` counts from 1 among the
-- values of `measure` that the group has (operation NULL: the arm) in the measured phases; with $by_segment in those of its
-- segment, which is NULL without it.
-- Values are counted in bins of a logarithmic axis, 256 to a doubling, so that nothing is sorted: `low` is the least
-- value of the rank's bin and `high` its greatest, at most 0.3 % from the one at the rank.
WITH
  wanted AS (
    SELECT unnest(
      from_json(
        $ranks,
        '[{"segment": "VARCHAR", "arm": "VARCHAR", "operation": "VARCHAR", "measure": "VARCHAR", "rank": "BIGINT"}]'
      ),
      recursive := true
    )
  ),
  phases AS (
    SELECT phase_id, segment, arm, dense_rank() OVER (ORDER BY segment, arm)::USMALLINT AS part
    FROM (SELECT * REPLACE (CASE WHEN $by_segment THEN segment END AS segment) FROM phase)
    WHERE run_id = $run AND measured
  ),
  -- Whole microseconds, of which there are far fewer than requests.
  counted AS (
    SELECT
      part, operation_id,
      CASE grouping(response_us, service_us, waiting_us) WHEN 3 THEN 'response' WHEN 5 THEN 'service' ELSE 'waiting' END
        AS measure,
      coalesce(response_us, service_us, waiting_us) / 1000.0 AS ms, count(*) AS n
    FROM slot
    JOIN phases USING (phase_id)
    WHERE run_id = $run
    GROUP BY GROUPING SETS (
      (part, operation_id, response_us), (part, operation_id, service_us), (part, operation_id, waiting_us)
    )
  ),
  binned AS (
    SELECT
      part, operation_id, measure,
      CASE WHEN isinf(ms) THEN 1000000 ELSE floor(log2(greatest(ms, 0.0001)) * 256)::INTEGER END AS bin,
      sum(n) AS n, min(ms) AS low, max(ms) AS high
    FROM counted
    WHERE ms IS NOT NULL
    GROUP BY ALL
  ),
  grouped AS (
    SELECT
      p.segment, coalesce(p.arm, o.arm) AS arm, o.name AS operation, measure, bin,
      sum(n)::BIGINT AS n, min(low) AS low, max(high) AS high
    FROM binned
    JOIN (SELECT DISTINCT part, segment, arm FROM phases) p USING (part)
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = binned.operation_id
    GROUP BY GROUPING SETS (
      (p.segment, coalesce(p.arm, o.arm), measure, bin), (p.segment, coalesce(p.arm, o.arm), o.name, measure, bin)
    )
  ),
  placed AS (
    SELECT *, (sum(n) OVER (PARTITION BY segment, arm, operation, measure ORDER BY bin))::BIGINT AS upto FROM grouped
  )
SELECT w.segment, w.arm, w.operation, w.measure, w.rank, p.low, p.high
FROM wanted w
JOIN placed p ON p.segment IS NOT DISTINCT FROM w.segment AND p.arm = w.arm
  AND p.operation IS NOT DISTINCT FROM w.operation AND p.measure = w.measure
  AND w.rank > p.upto - p.n AND w.rank <= p.upto;
