-- Response times in milliseconds of the measured phases, per segment and arm (operation NULL) and per segment, arm and
-- operation.
-- Failed requests are left out of the quantiles and counted. NULL where a quantile lies among the never served, and
-- where so few requests cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts.
WITH
  phases AS (
    SELECT phase_id, segment, arm, dense_rank() OVER (ORDER BY segment, arm)::USMALLINT AS part
    FROM phase
    WHERE run_id = $run AND measured
  ),
  -- Times are whole microseconds, so there are far fewer of them than requests.
  counted AS (
    SELECT part, operation_id, outcome, response_us, count(*) AS n
    FROM slot
    JOIN phases USING (phase_id)
    WHERE run_id = $run
    GROUP BY ALL
  ),
  grouped AS (
    SELECT
      p.segment, coalesce(p.arm, o.arm) AS arm, o.name AS operation, response_us,
      min(p.first) AS first,
      sum(n) AS n,
      coalesce(sum(n) FILTER (outcome <> 'ok'), 0) AS errors,
      max(response_us) FILTER (outcome = 'ok') AS ok_us
    FROM counted c
    JOIN (SELECT part, segment, arm, min(phase_id) AS first FROM phases GROUP BY ALL) p USING (part)
    LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = c.operation_id
    GROUP BY GROUPING SETS (
      (p.segment, coalesce(p.arm, o.arm), response_us), (p.segment, coalesce(p.arm, o.arm), o.name, response_us)
    )
  ),
  placed AS (
    SELECT
      *,
      sum(n) FILTER (response_us IS NOT NULL) OVER (PARTITION BY segment, arm, operation ORDER BY response_us) AS upto,
      sum(n) FILTER (response_us IS NOT NULL) OVER (PARTITION BY segment, arm, operation) AS total
    FROM grouped
  ),
  found AS (
    SELECT
      segment, arm, operation, min(first) AS first, sum(n)::BIGINT AS n, sum(errors)::BIGINT AS errors,
      coalesce(any_value(total), 0) AS total,
      min(response_us) FILTER (upto >= total - floor(total - total * 0.5::DOUBLE)) / 1000.0 AS p50,
      min(response_us) FILTER (upto >= total - floor(total - total * 0.9::DOUBLE)) / 1000.0 AS p90,
      min(response_us) FILTER (upto >= total - floor(total - total * 0.95::DOUBLE)) / 1000.0 AS p95,
      min(response_us) FILTER (upto >= total - floor(total - total * 0.99::DOUBLE)) / 1000.0 AS p99,
      min(response_us) FILTER (upto >= total - floor(total - total * 0.999::DOUBLE)) / 1000.0 AS p999,
      max(ok_us) / 1000.0 AS max
    FROM placed
    GROUP BY segment, arm, operation
  )
SELECT
  segment, arm, operation, n, errors,
  CASE WHEN 0.5 ** total <= 0.025 THEN nullif(p50, 'infinity') END AS p50,
  CASE WHEN 0.9 ** total <= 0.025 THEN nullif(p90, 'infinity') END AS p90,
  CASE WHEN 0.95 ** total <= 0.025 THEN nullif(p95, 'infinity') END AS p95,
  CASE WHEN 0.99 ** total <= 0.025 THEN nullif(p99, 'infinity') END AS p99,
  CASE WHEN 0.999 ** total <= 0.025 THEN nullif(p999, 'infinity') END AS p999,
  max
FROM found
ORDER BY min(first) OVER (PARTITION BY segment), arm, operation NULLS FIRST;
