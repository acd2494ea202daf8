-- What the host says about CPU taken away: the highest share of time stolen by neighbours of a virtual
-- machine, and of time in which something waited for a CPU (pressure stall, "some"). Shares from 0 to 1.
SELECT
  max(value) FILTER (metric = 'cpu_steal') AS steal,
  max(value) FILTER (metric = 'pressure_cpu_some') AS pressure
FROM sample
WHERE run_id = $run AND source = 'host';
