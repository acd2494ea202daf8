-- The longest stall of each path and kind between $from and $until, µs, and of all paths together (path NULL): an interval
-- with requests pending and none succeeding. A request is pending from when it was due until it was answered or given up;
-- hits in a cache are left out, and so is what was never sent. Where some begin before $ended and others later, the
-- longest of either. $writes as in responses.sql.
WITH
  seen AS (
    SELECT
      arm AS path,
      CASE WHEN list_contains(from_json($writes, '["VARCHAR"]'), operation) THEN 'write' ELSE 'read' END AS kind,
      greatest(intended_us, $from) AS from_us,
      least(done_us, $until) AS until_us,
      outcome = 'ok' AND done_us <= $until AS ok
    FROM request
    WHERE
      run_id = $run AND cache IS DISTINCT FROM 'hit' AND outcome NOT IN ('shed', 'unsent')
      AND intended_us < $until AND done_us > $from AND arm IS NOT NULL
  ),
  member AS (
    SELECT * FROM seen
    UNION ALL
    SELECT * REPLACE (NULL AS path) FROM seen
    UNION ALL
    SELECT * REPLACE (NULL AS path, 'all' AS kind) FROM seen
  ),
  moment AS (
    SELECT path, kind, at_us, sum(begun)::BIGINT AS begun, sum(ended)::BIGINT AS ended, bool_or(ok) AS ok
    FROM (
      SELECT path, kind, from_us AS at_us, 1 AS begun, 0 AS ended, false AS ok FROM member
      UNION ALL
      SELECT path, kind, until_us, 0, 1, ok FROM member
    )
    GROUP BY ALL
  ),
  -- What holds from each moment to the next.
  held AS (
    SELECT
      *,
      (sum(begun - ended) OVER until_now)::BIGINT AS pending,
      lead(at_us) OVER (PARTITION BY path, kind ORDER BY at_us) AS next_us
    FROM moment
    WINDOW until_now AS (PARTITION BY path, kind ORDER BY at_us)
  ),
  -- One that succeeds ends a stall, and so does a moment with nothing pending.
  numbered AS (
    SELECT
      *,
      (sum(CASE WHEN ok OR pending = 0 THEN 1 ELSE 0 END) OVER until_now)::BIGINT AS nth
    FROM held
    WINDOW until_now AS (PARTITION BY path, kind ORDER BY at_us)
  )
SELECT
  path, kind,
  min(at_us) AS "fromUs",
  max(next_us) AS "untilUs",
  (min_by(pending - begun, at_us) + sum(begun))::BIGINT AS pending
FROM numbered
WHERE pending > 0 AND next_us IS NOT NULL
GROUP BY path, kind, nth
QUALIFY row_number() OVER (
  PARTITION BY path, kind, min(at_us) >= $ended ORDER BY max(next_us) - min(at_us) DESC, min(at_us)
) = 1
ORDER BY path NULLS FIRST, kind, "fromUs";
