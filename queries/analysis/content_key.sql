-- A row a run, or that of $run alone, that changes whenever the stored run does. A run changes by being replaced as a
-- whole, so the count of its rows and a sum over their times tell two states apart without reading every column. A
-- migration's report shows the other runs of its command too.
WITH
  wanted AS (
    SELECT run_id, config ->> '$.migration.group' AS command, [status, verdict, label, ended_at::VARCHAR, config::VARCHAR]::VARCHAR AS run
    FROM run
    WHERE $run::VARCHAR IS NULL OR run_id = $run
  ),
  requests AS (
    SELECT run_id, count(*) AS timings, sum(coalesce(done_us, intended_us)::DOUBLE) AS micros
    FROM timing
    WHERE $run::VARCHAR IS NULL OR run_id = $run
    GROUP BY run_id
  ),
  sampled AS (
    SELECT run_id, count(*) AS samples FROM sample WHERE $run::VARCHAR IS NULL OR run_id = $run GROUP BY run_id
  ),
  phases AS (SELECT run_id, count(*) AS phases FROM phase GROUP BY run_id),
  written AS (SELECT run_id, count(*) AS verified FROM ledger WHERE verified GROUP BY run_id),
  others AS (
    SELECT w.run_id, list([o.run_id, o.status, o.verdict] ORDER BY o.run_id)::VARCHAR AS others
    FROM wanted w
    JOIN run o ON o.config ->> '$.migration.group' = w.command AND o.run_id <> w.run_id
    GROUP BY w.run_id
  )
SELECT run_id, timings, micros, samples, phases, verified, run, others
FROM wanted
LEFT JOIN requests USING (run_id)
LEFT JOIN sampled USING (run_id)
LEFT JOIN phases USING (run_id)
LEFT JOIN written USING (run_id)
LEFT JOIN others USING (run_id)
ORDER BY run_id;
