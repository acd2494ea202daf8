-- The share of the machine's CPU that nobody used after the warm-up, 0 to 1; null where the host was not sampled.
SELECT
  1 - avg(value) FILTER (metric = 'cpu_user') - avg(value) FILTER (metric = 'cpu_system')
    - coalesce(avg(value) FILTER (metric = 'cpu_steal'), 0) AS idle
FROM sample
WHERE run_id = $run AND source = 'host'
  AND at_us > (SELECT min(start_us) FROM phase WHERE run_id = $run AND name <> 'warmup')
  AND at_us <= (SELECT max(end_us) FROM phase WHERE run_id = $run);
