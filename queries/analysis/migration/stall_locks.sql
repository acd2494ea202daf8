-- For which lock the load waited between $from and $until, µs: that of most sessions, with an example of who held them up
-- and what that one ran. Locks that somebody waited for at least half as long come first, of these those that requests of
-- $kind wait for ('read', 'write', or 'all').
-- `waiting`: who is known to have waited for it: 'stalled', the requests of $path (NULL: all paths) and $kind; 'kind',
-- those of $kind; 'load', any. Which path a session is of is not recorded: of one among several it is known only where
-- all of the kind waited for the same.
WITH
  waiting AS (
    SELECT
      *,
      CASE
        WHEN regexp_matches(query, '^\s*(insert|update|delete|merge)\b|^\s*with\b.*\b(insert|update|delete|merge)\b', 'is')
          THEN 'write'
        WHEN mode IN ('AccessShareLock', 'RowShareLock') THEN 'read'
        ELSE 'write'
      END AS kind
    FROM lock_event
    WHERE run_id = $run AND role = 'load' AND at_us < $until AND at_us + coalesce(waited_us, 0) > $from
  ),
  lock AS (
    SELECT
      relation, mode, blocker_role,
      $kind IN ('all', kind) AS of_kind,
      count(DISTINCT pid) AS sessions,
      -- Who waited for a moment alone does not explain a stall.
      max(coalesce(waited_us, 0)) >= ($until - $from) / 2 AS is_long,
      sum(waited_us) AS waited_us,
      max_by(blocker_query, waited_us) AS blocker_query
    FROM waiting
    GROUP BY relation, mode, blocker_role, of_kind
  )
SELECT
  relation, mode,
  blocker_role AS "blockerRole",
  blocker_query AS "blockerQuery",
  CASE
    WHEN NOT of_kind THEN 'load'
    WHEN $path IS NULL THEN 'stalled'
    WHEN (SELECT count(DISTINCT arm) FROM operation WHERE run_id = $run) = 1 THEN 'stalled'
    WHEN (SELECT count(DISTINCT (relation, mode)) FROM lock WHERE of_kind AND is_long) = 1 THEN 'stalled'
    ELSE 'kind'
  END AS waiting
FROM lock
ORDER BY is_long DESC, of_kind DESC, sessions DESC, waited_us DESC, relation, mode
LIMIT 1;
