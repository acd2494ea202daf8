-- Whether every slot has its first attempt: their count, how many there should be, and attempts without a first
-- one. Slots are numbered nth × $streams + stream; each stream's run from 0 without holes, but for sessions
-- ($sessions), whose later steps are slots only once they are due.
WITH
  numbered AS (
    SELECT slot % $streams AS stream, slot // $streams AS nth, attempt FROM timing WHERE run_id = $run
  ),
  counted AS (
    SELECT
      count(*) FILTER (attempt = 0) AS slots,
      CASE
        WHEN list_contains(CAST($sessions AS INTEGER[]), stream) THEN count(*) FILTER (attempt = 0)
        ELSE max(nth) + 1
      END AS wanted
    FROM numbered
    GROUP BY stream
  )
SELECT
  coalesce(sum(slots), 0)::BIGINT AS slots,
  coalesce(sum(wanted), 0)::BIGINT AS wanted,
  (
    SELECT count(*) FROM timing retry
    WHERE retry.run_id = $run AND retry.attempt > 0 AND NOT EXISTS (
      SELECT 1 FROM timing first WHERE first.run_id = $run AND first.slot = retry.slot AND first.attempt = 0
    )
  ) AS orphans
FROM counted;
