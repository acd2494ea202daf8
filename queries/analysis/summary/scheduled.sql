-- Whether every slot has its first attempt: their count, how many there should be, and attempts without a first
-- one. Streams deal slots' numbers out in turn, each from its first on without holes, but for sessions ($sessions,
-- names as JSON), whose later steps are slots only once they are due. In a closed loop (not $open) all streams are one.
WITH
  numbering AS (
    SELECT operation_id, CASE WHEN $open THEN stream END AS stream FROM operation WHERE run_id = $run
  ),
  counted AS (
    SELECT
      count(*) FILTER (attempt = 0) AS slots,
      CASE
        WHEN list_contains(from_json($sessions, '["VARCHAR"]'), stream) THEN count(*) FILTER (attempt = 0)
        ELSE max(slot) // (SELECT greatest(1, count(DISTINCT stream)) FROM numbering) + 1
      END AS wanted
    FROM timing
    LEFT JOIN numbering USING (operation_id)
    WHERE run_id = $run
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
