-- Copies of the run $run, numbered $from to below $to, an hour apart.
INSERT INTO run BY NAME
SELECT
  run.* REPLACE (
    copy_id(nth) AS run_id,
    started_at + nth * INTERVAL 1 HOUR AS started_at,
    ended_at + nth * INTERVAL 1 HOUR AS ended_at
  )
FROM run, range($from::BIGINT, $to::BIGINT) copies(nth)
WHERE run_id = $run;
