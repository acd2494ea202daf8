-- One row that changes whenever the stored run does. A run changes by being replaced as a whole, so the count of
-- its rows and a sum over their times tell two states apart without reading every column. A migration's report shows the
-- other runs of its command too.
SELECT
  (SELECT count(*) FROM timing WHERE run_id = $run) AS timings,
  (SELECT sum(coalesce(done_us, intended_us)::DOUBLE) FROM timing WHERE run_id = $run) AS micros,
  (SELECT count(*) FROM sample WHERE run_id = $run) AS samples,
  (SELECT count(*) FROM phase WHERE run_id = $run) AS phases,
  (SELECT count(*) FROM ledger WHERE run_id = $run AND verified) AS verified,
  (SELECT [status, ended_at::VARCHAR, config::VARCHAR]::VARCHAR FROM run WHERE run_id = $run) AS run,
  (
    SELECT list([o.run_id, o.status, o.verdict] ORDER BY o.run_id)::VARCHAR
    FROM run o
    JOIN run r ON (o.config ->> '$.migration.group') = (r.config ->> '$.migration.group')
    WHERE r.run_id = $run AND o.run_id <> $run
  ) AS others;
