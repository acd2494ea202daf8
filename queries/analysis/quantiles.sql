-- Latency against quantile: response times in milliseconds of the measured phases at levels that stand evenly
-- on a log-tail axis, per segment and arm (operation NULL) and per segment, arm and operation. A level is left out where so few requests
-- cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts; `ms` is NULL where it lies among the never
-- served.
WITH
  axis AS (
    SELECT unnest([
      0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985,
      0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 0.99999
    ])::DOUBLE AS level
  ),
  phases AS (
    SELECT phase_id, segment, arm, dense_rank() OVER (ORDER BY segment, arm)::USMALLINT AS part
    FROM phase
    WHERE run_id = $run AND measured
  ),
  -- Times are whole microseconds, so there are far fewer of them than requests.
  counted AS (
    SELECT part, operation_id, response_us, count(*) AS n
    FROM slot
    JOIN phases USING (phase_id)
    WHERE run_id = $run
    GROUP BY ALL
    HAVING response_us IS NOT NULL
  ),
  grouped AS (
    SELECT
      p.segment, coalesce(p.arm, o.arm) AS arm, o.name AS operation, response_us, min(p.first) AS first, sum(n) AS n
    FROM counted c
    JOIN (SELECT part, segment, arm, min(phase_id) AS first FROM phases GROUP BY ALL) p USING (part)
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
    GROUP BY GROUPING SETS (
      (p.segment, coalesce(p.arm, o.arm), response_us), (p.segment, coalesce(p.arm, o.arm), o.name, response_us)
    )
  ),
  placed AS (
    SELECT *, sum(n) OVER (PARTITION BY segment, arm, operation ORDER BY response_us) AS upto FROM grouped
  ),
  wanted AS (
    SELECT segment, arm, operation, level, greatest(1, total - floor(total - total * level)) AS rank
    FROM (SELECT segment, arm, operation, sum(n) AS total FROM grouped GROUP BY ALL), axis
    WHERE level ** total <= 0.025
  ),
  firsts AS (SELECT segment, min(first) AS first FROM grouped GROUP BY segment)
SELECT w.segment, w.arm, w.operation, w.level, nullif(p.response_us / 1000.0, 'infinity') AS ms
FROM wanted w
JOIN placed p ON p.segment = w.segment AND p.arm = w.arm AND p.operation IS NOT DISTINCT FROM w.operation
  AND w.rank > p.upto - p.n AND w.rank <= p.upto
JOIN firsts f ON f.segment = w.segment
ORDER BY f.first, w.arm, w.operation NULLS FIRST, w.level;
