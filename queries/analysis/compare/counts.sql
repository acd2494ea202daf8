-- Requests of runs by what became of them, and the quantiles of their response times in milliseconds, per run, arm and
-- operation; operation NULL: all of the arm. A quantile is infinite where it lies among the never served.
WITH wanted AS (SELECT unnest(from_json($runs, '["VARCHAR"]')) AS run_id)
SELECT
  run_id AS "runId", arm, operation,
  count(*) AS n,
  count(*) FILTER (outcome = 'ok') AS ok,
  count(*) FILTER (outcome IN ('shed', 'unsent')) AS unserved,
  count(response_ms) AS responses,
  quantile_disc(response_ms, 0.5) AS p50,
  quantile_disc(response_ms, 0.95) AS p95
FROM request
SEMI JOIN wanted USING (run_id)
WHERE measured
GROUP BY GROUPING SETS ((run_id, arm), (run_id, arm, operation))
ORDER BY run_id, arm, operation NULLS FIRST;
