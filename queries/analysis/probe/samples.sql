-- What a probe saw of servers, addresses, connections and its ledger, in order of time.
SELECT at_us AS "atUs", metric, labels::VARCHAR AS labels, value
FROM sample
WHERE run_id = $run AND source = 'probe'
ORDER BY at_us;
