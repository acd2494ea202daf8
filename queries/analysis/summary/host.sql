-- Who wanted this machine's CPUs after the warm-up, as shares from 0 to 1 of all of them: taken by neighbours of
-- a virtual machine (steal), used by processes that are none of ours (others) and by all (busy); and the share of
-- time in which something waited for a CPU (pressure stall, "some"). Each on the mean and at its highest; and what
-- nobody used (idle) until the last phase ended. Null: not sampled.
SELECT
  max(value) FILTER (metric = 'cpu_steal') AS steal,
  max(value) FILTER (metric = 'cpu_others') AS others,
  max(value) FILTER (metric = 'pressure_cpu_some') AS pressure,
  avg(value) FILTER (metric = 'cpu_steal') AS "meanSteal",
  avg(value) FILTER (metric = 'cpu_others') AS "meanOthers",
  avg(value) FILTER (metric = 'pressure_cpu_some') AS "meanPressure",
  avg(value) FILTER (metric = 'cpu_user') + avg(value) FILTER (metric = 'cpu_system') AS "meanBusy",
  1 - avg(value) FILTER (metric = 'cpu_user' AND at_us <= end_us)
    - avg(value) FILTER (metric = 'cpu_system' AND at_us <= end_us)
    - coalesce(avg(value) FILTER (metric = 'cpu_steal' AND at_us <= end_us), 0) AS idle
FROM sample, (SELECT max(end_us) AS end_us FROM phase WHERE run_id = $run)
WHERE run_id = $run AND source = 'host'
  AND at_us > (SELECT start_us FROM after_warmup WHERE run_id = $run);
