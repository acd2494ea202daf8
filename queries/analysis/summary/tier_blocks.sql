-- The mean time that reads and writes of one block of an arm took from when they were sent, ms; an arm's blocks are counted
-- from 1, so that those of a round have the same number.
SELECT
  arm, dense_rank() OVER (PARTITION BY arm ORDER BY block) AS round,
  operation IN (SELECT unnest(from_json($reads::JSON, '["VARCHAR"]'))) AS read,
  count(*) AS n, avg(service_ms) AS ms
FROM request
WHERE run_id = $run AND measured AND outcome = 'ok' AND coalesce(cache, 'miss') = 'miss'
GROUP BY arm, block, read
ORDER BY arm, block, read;
