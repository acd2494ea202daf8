-- Searches that have not ended.
SELECT r.run_id, s.owner
FROM run r
LEFT JOIN rate_search s USING (run_id)
WHERE r.kind = 'find-rate' AND r.status = 'running';
