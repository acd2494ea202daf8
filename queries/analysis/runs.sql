-- All runs, newest first, with the number of their scheduled slots. A search has those of all its probes, and what it
-- found.
WITH
  counted AS (
    SELECT run_id, count(*) AS slots FROM timing WHERE attempt = 0 GROUP BY run_id
  ),
  probes AS (
    SELECT r.search_id AS run_id, sum(c.slots)::BIGINT AS slots
    FROM run r
    JOIN counted c USING (run_id)
    JOIN run found ON found.run_id = r.search_id AND found.kind = 'find-rate'
    WHERE r.kind <> 'find-rate'
    GROUP BY r.search_id
  )
SELECT r.*, coalesce(c.slots, p.slots, 0) AS slots, s.search
FROM run r
LEFT JOIN counted c ON c.run_id = r.run_id
LEFT JOIN probes p ON p.run_id = r.run_id
LEFT JOIN rate_search s ON s.run_id = r.run_id
ORDER BY r.started_at DESC, r.run_id DESC;
