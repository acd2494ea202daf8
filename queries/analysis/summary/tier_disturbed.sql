-- For each refresh how long reads of all arms took which were sent while it was at work, and which were sent between it and the
-- next: the mean, divided for each read by what its arm takes for the question, as the arms take turns and may be in step
-- with the refreshes.
WITH kept AS (
  SELECT tier, began_us, ended_us, lead(began_us) OVER (PARTITION BY tier ORDER BY began_us) AS next_us
  FROM tier_refresh WHERE run_id = $run AND outcome = 'ok' AND kind <> 'made'
), read AS (
  SELECT sent_us, service_ms / avg(service_ms) OVER (PARTITION BY arm, operation) AS share FROM request
  WHERE run_id = $run AND measured AND outcome = 'ok' AND coalesce(cache, 'miss') = 'miss'
    AND operation IN (SELECT unnest(from_json($reads::JSON, '["VARCHAR"]')))
)
SELECT
  tier,
  avg(share) FILTER (sent_us < ended_us) AS during, avg(share) FILTER (sent_us >= ended_us) AS "betweenTwo"
FROM kept JOIN read ON sent_us >= began_us AND sent_us < next_us
GROUP BY tier, began_us
HAVING count(*) FILTER (sent_us < ended_us) > 0 AND count(*) FILTER (sent_us >= ended_us) > 0
ORDER BY tier, began_us;
