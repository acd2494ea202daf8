-- What observing cost: how often each source was read, and how long a reading took, in milliseconds.
SELECT source, labels ->> '$.instance' AS instance, count(*)::INTEGER AS n, avg(value) AS "meanMs", max(value) AS "maxMs"
FROM sample
WHERE run_id = $run AND metric = 'observer_ms'
GROUP BY ALL
ORDER BY source, instance;
