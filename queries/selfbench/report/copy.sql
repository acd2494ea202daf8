-- Copies of what {table} has of the run $run, numbered $from to below $to.
INSERT INTO {table} BY NAME
SELECT {table}.* REPLACE (copy_id(nth) AS run_id)
FROM {table}, range($from::BIGINT, $to::BIGINT) copies(nth)
WHERE run_id = $run;
