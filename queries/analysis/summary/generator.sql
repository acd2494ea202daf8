-- What the generator's own threads cost after the warm-up, from the samples that they took once a second.
-- A run without such samples gives nulls.
WITH measured AS (
  SELECT metric, value, labels
  FROM sample
  WHERE run_id = $run AND source = 'generator'
    AND at_us > (SELECT start_us FROM after_warmup WHERE run_id = $run)
    -- While the last answers are waited for nothing is asked, and a cost of a request would mislead.
    AND at_us <= (SELECT max(end_us) FROM phase WHERE run_id = $run)
)
SELECT
  median(value) FILTER (metric = 'cpu_per_request_us') AS "cpuPerRequestUs",
  avg(value) FILTER (metric = 'cpu_cores') * count(DISTINCT labels) FILTER (metric = 'cpu_cores') AS "cpuCores",
  median(value) FILTER (metric = 'loop_delay_p50_ms') AS "loopDelayP50Ms",
  median(value) FILTER (metric = 'loop_delay_p99_ms') AS "loopDelayP99Ms",
  avg(value) FILTER (metric = 'gc_ms') / 1000 AS "gcShare",
  max(value) FILTER (metric = 'gc_longest_ms') AS "gcLongestMs",
  min(value) FILTER (metric = 'native_loop') = 1 AS "nativeLoop",
  min(value) FILTER (metric = 'real_time') = 1 AS "realTime"
FROM measured;
