-- Writes that were sent and of which the ledger knows nothing. $writes as in responses.sql.
SELECT count(*) AS n
FROM timing t
JOIN operation o ON o.run_id = t.run_id AND o.operation_id = t.operation_id
LEFT JOIN ledger l ON l.run_id = t.run_id AND l.slot = t.slot
WHERE
  t.run_id = $run AND t.attempt = 0 AND t.sent_us IS NOT NULL AND l.slot IS NULL
  AND list_contains(from_json($writes, '["VARCHAR"]'), o.name);
