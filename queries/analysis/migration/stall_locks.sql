-- For which lock the load waited in each of $stalls, a JSON array of objects with `nth`, `from` and `until` in µs, `path`
-- and `kind`: that of most sessions, with an example of who held them up and what that one ran. Locks that somebody waited
-- for at least half as long come first, of these those that requests of the stall's kind wait for ('read', 'write', or
-- 'all'). A stall without any has no row.
-- `waiting`: who is known to have waited for it: 'stalled', the requests of its path (NULL: all paths) and kind; 'kind',
-- those of its kind; 'load', any. Which path a session is of is not recorded: of one among several it is known only where
-- all of the kind waited for the same.
WITH
  stall AS (
    SELECT unnest(
      from_json(
        $stalls,
        '[{"nth": "INTEGER", "from": "DOUBLE", "until": "DOUBLE", "path": "VARCHAR", "kind": "VARCHAR"}]'
      ),
      recursive := true
    )
  ),
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
    WHERE run_id = $run AND role = 'load'
  ),
  lock AS (
    SELECT
      s.nth, w.relation, w.mode, w.blocker_role,
      s.kind IN ('all', w.kind) AS of_kind,
      any_value(s.path) AS path,
      count(DISTINCT w.pid) AS sessions,
      -- Who waited for a moment alone does not explain a stall.
      max(coalesce(w.waited_us, 0)) >= any_value(s.until - s."from") / 2 AS is_long,
      sum(w.waited_us) AS waited_us,
      -- So much of the stall one of them waited at least.
      max(least(s.until, w.at_us + coalesce(w.waited_us, 0)) - greatest(s."from", w.at_us)) AS within_us,
      max_by(w.blocker_query, w.waited_us) AS blocker_query
    FROM stall s
    JOIN waiting w ON w.at_us < s.until AND w.at_us + coalesce(w.waited_us, 0) > s."from"
    GROUP BY s.nth, w.relation, w.mode, w.blocker_role, of_kind
  ),
  of_all AS (
    SELECT nth, count(DISTINCT (relation, mode)) FILTER (of_kind AND is_long) AS locks FROM lock GROUP BY nth
  )
SELECT
  nth, relation, mode,
  blocker_role AS "blockerRole",
  blocker_query AS "blockerQuery",
  within_us / 1000 AS "lockMs",
  CASE
    WHEN NOT of_kind THEN 'load'
    WHEN path IS NULL THEN 'stalled'
    WHEN (SELECT count(DISTINCT arm) FROM operation WHERE run_id = $run) = 1 THEN 'stalled'
    WHEN locks = 1 THEN 'stalled'
    ELSE 'kind'
  END AS waiting
FROM lock
JOIN of_all USING (nth)
QUALIFY row_number() OVER (
  PARTITION BY nth ORDER BY is_long DESC, of_kind DESC, sessions DESC, waited_us DESC, relation, mode
) = 1
ORDER BY nth;
