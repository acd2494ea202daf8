-- Every wait for a lock that was seen in a migration's run, in order of time.
SELECT
  at_us AS "atUs", pid, role, blocked_by AS "blockedBy", blocker_role AS "blockerRole", blocker_query AS "blockerQuery",
  relation, mode, waited_us AS "waitedUs", query
FROM lock_event
WHERE run_id = $run
ORDER BY at_us, pid;
