-- This run of a migration and, of the runs of the same command, the newest that made the same change another way.
WITH own AS (
  SELECT config ->> '$.migration.group' AS same, config ->> '$.migration.variant' AS variant FROM run WHERE run_id = $run
),
made AS (
  SELECT run_id, started_at, verdict, config ->> '$.migration.variant' AS variant, config -> '$.migration.steps' AS steps
  FROM run
  WHERE kind = 'migrate' AND (run_id = $run OR config ->> '$.migration.group' = (SELECT same FROM own))
)
SELECT run_id AS "runId", variant, verdict, steps
FROM made
WHERE run_id = $run OR variant <> (SELECT variant FROM own)
QUALIFY run_id = $run OR started_at = max(started_at) OVER (PARTITION BY variant)
ORDER BY started_at, run_id;
