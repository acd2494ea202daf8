-- This run of a migration and, of the runs of the same command, the newest that made the same change another way.
WITH made AS (
  SELECT
    run_id, started_at, verdict,
    (config ->> '$.migration.group') || ' ' || (config ->> '$.migration.name') AS same,
    config ->> '$.migration.variant' AS variant,
    config -> '$.migration.steps' AS steps
  FROM run
  WHERE kind = 'migrate'
),
own AS (
  SELECT same, variant FROM made WHERE run_id = $run
)
SELECT m.run_id AS "runId", m.variant, m.verdict, m.steps
FROM made m, own
WHERE m.run_id = $run OR m.same = own.same AND m.variant <> own.variant
QUALIFY m.run_id = $run OR m.started_at = max(m.started_at) OVER (PARTITION BY m.variant)
ORDER BY m.started_at, m.run_id;
