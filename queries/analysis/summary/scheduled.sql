-- Whether every slot from 0 to the last has its first attempt: their count, the range, and attempts without
-- one.
SELECT
  count(*) FILTER (attempt = 0) AS slots,
  coalesce(max(slot) + 1, 0) AS wanted,
  (
    SELECT count(*) FROM timing retry
    WHERE retry.run_id = $run AND retry.attempt > 0 AND NOT EXISTS (
      SELECT 1 FROM timing first WHERE first.run_id = $run AND first.slot = retry.slot AND first.attempt = 0
    )
  ) AS orphans
FROM timing
WHERE run_id = $run;
