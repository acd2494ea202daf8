-- All runs, newest first, with the number of their scheduled slots.
SELECT r.*, coalesce(t.slots, 0) AS slots
FROM run r
LEFT JOIN (
  SELECT run_id, count(*) AS slots FROM timing WHERE attempt = 0 GROUP BY run_id
) t USING (run_id)
ORDER BY r.started_at DESC, r.run_id DESC;
