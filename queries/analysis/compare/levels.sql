-- How long the requests of runs took: per run, arm and operation the logarithms of the medians of stretches of some 8
-- neighbouring requests, and of p95 over some 40, in order of time. So many make a stretch in a short run as in a long
-- one: what a quantile of so few is off by is then the same in both. What was never served counts as long as the
-- time limit $timeout_ms, which is the least that it would have taken; `unserved` says that it did so.
WITH
  wanted AS (SELECT unnest(from_json($runs, '["VARCHAR"]')) AS run_id),
  responses AS (
    SELECT
      run_id, arm, operation, greatest(0.001, response_ms) AS ms,
      row_number() OVER (PARTITION BY run_id, arm, operation ORDER BY intended_us, slot) - 1 AS place,
      count(*) OVER (PARTITION BY run_id, arm, operation) AS n
    FROM request
    SEMI JOIN wanted USING (run_id)
    WHERE measured AND response_ms IS NOT NULL
  ),
  statistics AS (
    SELECT * FROM (VALUES ('p50', 0.5, 8, 8), ('p95', 0.95, 40, 72)) t(statistic, level, size, least)
  ),
  stretches AS (
    SELECT
      run_id, arm, operation, statistic,
      place * (n // size) // n AS stretch,
      CASE WHEN any_value(level) = 0.5 THEN quantile_disc(ms, 0.5) ELSE quantile_disc(ms, 0.95) END AS ms
    FROM responses
    JOIN statistics ON n >= least
    GROUP BY ALL
  )
SELECT
  run_id AS "runId", arm, operation, statistic,
  list(ln(least(ms, greatest(0.001, $timeout_ms))) ORDER BY stretch) AS logs,
  bool_or(isinf(ms)) AS unserved
FROM stretches
GROUP BY ALL
ORDER BY run_id, arm, operation, statistic;
