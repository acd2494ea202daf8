-- What the caches of a run did not do, warm-up included, most frequent first: a row an arm, kind and reason.
SELECT
  labels ->> '$.arm' AS arm,
  labels ->> '$.doing' AS doing,
  labels ->> '$.reason' AS reason,
  sum(value)::DOUBLE AS n
FROM sample
WHERE run_id = $run AND source = 'redis' AND metric = 'cache_refusals'
GROUP BY ALL
ORDER BY n DESC, arm, doing, reason;
