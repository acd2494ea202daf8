-- The runs of a search, and whether a mark of the search tells so and not their labels alone.
SELECT r.run_id AS id, NOT EXISTS (
  SELECT 1 FROM rate_search s WHERE s.run_id = r.search_id AND (s.search ->> 'schema') = '0'
) AS own
FROM run r
JOIN run found ON found.run_id = r.search_id AND found.kind = 'find-rate'
WHERE r.search_id = $run AND r.kind <> 'find-rate'
ORDER BY r.run_id;
