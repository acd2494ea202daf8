-- Latency against quantile: response times in milliseconds of the measured phases at levels that stand evenly
-- on a log-tail axis, per segment and arm (operation NULL) and per segment, arm and operation. A level is left out where so few requests
-- cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts; `ms` is NULL where it lies among the never
-- served.
WITH
  axis AS (
    SELECT [
      0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985,
      0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 0.99999
    ] AS levels
  ),
  grouped AS (
    SELECT
      segment, arm, operation, count(*) AS n,
      quantile_disc(response_ms, [
        0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985,
        0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 0.99999
      ]) AS found,
      min(min(phase_id)) OVER (PARTITION BY segment) AS first
    FROM request
    WHERE run_id = $run AND measured AND response_ms IS NOT NULL
    GROUP BY GROUPING SETS ((segment, arm), (segment, arm, operation))
  ),
  read AS (SELECT * EXCLUDE (found, levels), unnest(levels) AS level, unnest(found) AS ms FROM grouped, axis)
SELECT segment, arm, operation, level::DOUBLE AS level, nullif(ms, 'infinity') AS ms
FROM read
WHERE level ** n <= 0.025
ORDER BY first, arm, operation NULLS FIRST, level;
