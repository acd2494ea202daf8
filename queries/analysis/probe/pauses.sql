-- Times in which requests were due and none succeeded, per path and kind, and of all paths together (path NULL), longer than
-- $floor, µs, or what $floors says of a path (JSON). Requests that fail at once do not end one, and neither does a moment with nothing under way. A pause begins with the
-- last success before it, where a request was under way then, else when the next one was due; it ends with the next success, or
-- with the run at $until. A write that finds no table of the probe's own (42P01) was answered by a server that is well.
-- $writes: names of the operations that write, as JSON.
--
-- least: how long it was whatever the generator itself was late for. One that does not run in the middle of a pause changes nothing:
-- once it runs it reads what has arrived, and that was no success. At the beginning it sends nothing, and the pause is sure from
-- the moment at which a request was sent; at the end answers may have waited for it, and the pause is sure until it stopped.
WITH
  floor AS (SELECT unnest(from_json($floors, '[{"path": "VARCHAR", "us": "BIGINT"}]'), recursive := true)),
  seen AS (
    SELECT
      arm AS path,
      CASE WHEN list_contains(from_json($writes, '["VARCHAR"]'), operation) THEN 'write' ELSE 'read' END AS kind,
      intended_us,
      least(coalesce(done_us, intended_us), $until) AS done_us,
      coalesce(woke_us, intended_us) AS woke_us,
      outcome,
      outcome = 'ok' OR error = '42P01' AS answered
    FROM request
    WHERE run_id = $run AND outcome <> 'unsent' AND intended_us < $until AND arm IS NOT NULL
  ),
  member AS (
    SELECT * FROM seen
    UNION ALL
    SELECT * REPLACE ('all' AS kind) FROM seen
    UNION ALL
    SELECT * REPLACE (NULL AS path, 'all' AS kind) FROM seen
  ),
  success AS (
    SELECT path, kind, done_us AS at_us FROM member WHERE answered
    UNION ALL
    SELECT DISTINCT path, kind, 0 FROM member
  ),
  gap AS (
    SELECT
      path, kind, at_us AS last_us,
      lead(at_us) OVER (PARTITION BY path, kind ORDER BY at_us) AS next_us,
      coalesce(next_us, $until) AS until_us,
      coalesce(floor.us, $floor) AS floor_us
    FROM success
    LEFT JOIN floor USING (path)
    QUALIFY until_us - last_us > floor_us
  ),
  -- Of all requests: which of them was due while the generator did not run is chance.
  held AS (
    SELECT g.path, g.kind, g.last_us, min(s.intended_us) AS from_us
    FROM gap g
    JOIN seen s ON s.woke_us BETWEEN g.until_us - $turn AND g.until_us + $turn AND s.woke_us - s.intended_us > $turn
    GROUP BY ALL
  )
SELECT
  g.path, g.kind,
  greatest(g.last_us, min(m.intended_us))::BIGINT AS "fromUs",
  g.until_us::BIGINT AS "untilUs",
  g.next_us IS NOT NULL AS ended,
  count(*)::BIGINT AS requests,
  count(*) FILTER (NOT m.answered AND m.done_us < g.until_us)::BIGINT AS failed,
  greatest(0, least(g.until_us, any_value(h.from_us)) - greatest(g.last_us, min(m.woke_us)))::BIGINT AS "leastUs"
FROM gap g
JOIN member m
  ON m.path IS NOT DISTINCT FROM g.path AND m.kind = g.kind AND m.done_us > g.last_us AND m.intended_us < g.until_us
LEFT JOIN held h ON h.path IS NOT DISTINCT FROM g.path AND h.kind = g.kind AND h.last_us = g.last_us
GROUP BY g.path, g.kind, g.last_us, g.next_us, g.until_us
HAVING "untilUs" - "fromUs" > any_value(g.floor_us)
ORDER BY "fromUs", path NULLS FIRST, g.kind;
