-- What the cache answered by second of intended time, where there is a cache.
SELECT arm, intended_us // 1000000 AS second, cache AS state, count(*) AS n
FROM request
WHERE run_id = $run AND cache IS NOT NULL
GROUP BY ALL
ORDER BY second, arm, state;
