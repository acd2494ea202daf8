-- Hit rates of other caches that were run with an arm's lookups, a row for each, and what had been computed.
SELECT
  (labels ->> '$.ttl')::DOUBLE AS ttl, (labels ->> '$.memory')::DOUBLE AS share,
  max(value) FILTER (WHERE metric = $computed) AS computed, max(value) FILTER (WHERE metric = $measured) AS measured
FROM sample
WHERE run_id = $run AND metric IN ($computed, $measured) AND (labels ->> '$.arm') = $arm
GROUP BY ttl, share
HAVING computed IS NOT NULL AND measured IS NOT NULL
ORDER BY ttl, share;
