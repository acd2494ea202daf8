-- What observing cost: how often each source was read, and how long a reading took, in milliseconds; an instance where
-- a source has several.
SELECT
  source,
  CASE WHEN count(*) OVER (PARTITION BY source) > 1 THEN instance END AS instance,
  n, "meanMs", "maxMs"
FROM (
  SELECT source, labels ->> '$.instance' AS instance, count(*)::INTEGER AS n, avg(value) AS "meanMs", max(value) AS "maxMs"
  FROM sample
  WHERE run_id = $run AND metric = 'observer_ms'
  GROUP BY ALL
)
ORDER BY source, instance;
