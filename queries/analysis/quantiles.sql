-- Latency against quantile: response times in milliseconds of the measured phases at levels that stand evenly
-- on a log-tail axis, per segment and arm (operation NULL) and per segment, arm and operation. A level is left out where so few requests
-- cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts; `ms` is NULL where it lies among the never
-- served.
WITH
  axis AS (
    SELECT unnest([
      0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985,
      0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 0.99999
    ]) AS level
  ),
  grouped AS (
    SELECT
      segment, arm, operation, list(response_ms ORDER BY response_ms) AS sorted,
      min(min(phase_id)) OVER (PARTITION BY segment) AS first
    FROM request
    WHERE run_id = $run AND measured AND response_ms IS NOT NULL
    GROUP BY GROUPING SETS ((segment, arm), (segment, arm, operation))
  )
SELECT
  segment, arm, operation, level::DOUBLE AS level,
  nullif(sorted[greatest(1, ceil(level * len(sorted))::BIGINT)], 'infinity') AS ms
FROM grouped, axis
WHERE level ** len(sorted) <= 0.025
ORDER BY first, arm, operation NULLS FIRST, level;
