-- What operations over the tables (tier `none`) and over tiers took in PostgreSQL, ms, and what tiers take on disk, bytes.
SELECT
  labels ->> 'tier' AS tier, labels ->> 'operation' AS operation,
  max(value) FILTER (metric = 'calls') AS calls, max(value) FILTER (metric = 'exec_ms') AS ms,
  max(value) FILTER (metric = 'bytes') AS bytes
FROM sample WHERE run_id = $run AND source = 'tiers'
GROUP BY ALL ORDER BY ALL;
