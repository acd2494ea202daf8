-- Quantiles of the measured phases, of each segment by itself with $by_segment (without it `segment` is NULL), per arm
-- (operation NULL) and per arm and operation, milliseconds; $levels is a JSON array. Where n × level is a whole number the rank is just that (as quantileRank of tasks/stats/quantile.ts has it),
-- so levels come a rounding error too small.
-- Times are whole microseconds, so there are far fewer of them than requests: they are counted, and nothing is sorted that
-- was not counted before.
WITH
  phases AS (
    SELECT phase_id, segment, arm, dense_rank() OVER (ORDER BY segment, arm)::USMALLINT AS part
    FROM (SELECT * REPLACE (CASE WHEN $by_segment THEN segment END AS segment) FROM phase)
    WHERE run_id = $run AND measured
  ),
  counted AS (
    SELECT
      part, operation_id,
      grouping(response_us, service_us, waiting_us) AS measure,
      coalesce(response_us, service_us, waiting_us) AS us, count(*) AS n
    FROM slot
    JOIN phases USING (phase_id)
    WHERE run_id = $run
    GROUP BY GROUPING SETS (
      (part, operation_id, response_us), (part, operation_id, service_us), (part, operation_id, waiting_us)
    )
  ),
  grouped AS (
    SELECT p.segment, coalesce(p.arm, o.arm) AS arm, o.name AS operation, measure, us, sum(n) AS n
    FROM counted
    JOIN (SELECT DISTINCT part, segment, arm FROM phases) p USING (part)
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = counted.operation_id
    WHERE us IS NOT NULL
    GROUP BY GROUPING SETS (
      (p.segment, coalesce(p.arm, o.arm), measure, us), (p.segment, coalesce(p.arm, o.arm), o.name, measure, us)
    )
  ),
  placed AS (
    SELECT *, sum(n) OVER (PARTITION BY segment, arm, operation, measure ORDER BY us) AS upto FROM grouped
  ),
  wanted AS (
    SELECT
      segment, arm, operation, measure, nth,
      greatest(1, total - floor(total - total * levels[nth])) AS rank
    FROM (SELECT segment, arm, operation, measure, sum(n) AS total FROM grouped GROUP BY ALL),
      (SELECT levels, unnest(range(1, len(levels) + 1)) AS nth FROM (SELECT from_json($levels, '["DOUBLE"]') AS levels))
  ),
  found AS (
    SELECT w.segment, w.arm, w.operation, w.measure, w.nth, p.us / 1000.0 AS ms
    FROM wanted w
    JOIN placed p ON p.segment IS NOT DISTINCT FROM w.segment AND p.arm = w.arm
      AND p.operation IS NOT DISTINCT FROM w.operation AND p.measure = w.measure
      AND w.rank > p.upto - p.n AND w.rank <= p.upto
  )
SELECT
  segment, arm, operation,
  list(ms ORDER BY nth) FILTER (measure = 3) AS response,
  list(ms ORDER BY nth) FILTER (measure = 5) AS service,
  list(ms ORDER BY nth) FILTER (measure = 6) AS waiting
FROM found
GROUP BY segment, arm, operation;
