-- One row that changes whenever the stored run does. A run changes by being replaced as a whole, so the count of
-- its rows and a sum over their times tell two states apart without reading every column.
SELECT
  (SELECT count(*) FROM timing WHERE run_id = $run) AS timings,
  (SELECT sum(coalesce(done_us, intended_us)::DOUBLE) FROM timing WHERE run_id = $run) AS micros,
  (SELECT count(*) FROM sample WHERE run_id = $run) AS samples,
  (SELECT count(*) FROM phase WHERE run_id = $run) AS phases,
  (SELECT [status, ended_at::VARCHAR, config::VARCHAR]::VARCHAR FROM run WHERE run_id = $run) AS run;
