-- Cores that each process of ours used after the warm-up, on the mean over the turns of all arms.
SELECT labels ->> '$.process' AS process, avg(value) AS cores
FROM sample
WHERE run_id = $run AND source = 'host' AND metric = 'process_cpu_cores'
  AND at_us > (SELECT start_us FROM after_warmup WHERE run_id = $run)
  AND at_us <= (SELECT max(end_us) FROM phase WHERE run_id = $run)
GROUP BY ALL;
