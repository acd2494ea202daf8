-- The share of the machine's CPU that nobody used after the warm-up, 0 to 1; null where the host was not sampled.
SELECT
  1 - avg(value) FILTER (metric = 'cpu_user') - avg(value) FILTER (metric = 'cpu_system')
    - coalesce(avg(value) FILTER (metric = 'cpu_steal'), 0) AS idle
FROM sample
WHERE run_id = $run AND source = 'host'
  AND at_us > (SELECT start_us FROM after_warmup WHERE run_id = $run)
  AND at_us <= (SELECT max(end_us) FROM phase WHERE run_id = $run);
