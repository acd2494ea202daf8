-- For which locks the load waited between $from and $until, µs: sessions of each, those of most first, with an example of
-- who held them up and what that one ran.
SELECT
  relation, mode, blocker_role AS "blockerRole",
  count(DISTINCT pid) AS sessions,
  max_by(blocker_query, waited_us) AS "blockerQuery",
  max_by(blocked_by, waited_us) AS "blockedBy"
FROM lock_event
WHERE run_id = $run AND role = 'load' AND at_us < $until AND at_us + coalesce(waited_us, 0) > $from
GROUP BY relation, mode, blocker_role
ORDER BY sessions DESC, sum(waited_us) DESC, relation, mode
LIMIT 1;
