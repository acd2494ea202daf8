-- Requests that failed alike, most frequent first. $writes as in pauses.sql.
SELECT
  arm AS path,
  CASE WHEN list_contains(from_json($writes, '["VARCHAR"]'), operation) THEN 'write' ELSE 'read' END AS kind,
  coalesce(error, outcome::VARCHAR) AS code,
  count(*)::BIGINT AS n,
  min(intended_us)::BIGINT AS "firstUs",
  max(intended_us)::BIGINT AS "lastUs"
FROM request
WHERE run_id = $run AND outcome NOT IN ('ok', 'unsent')
GROUP BY ALL
ORDER BY n DESC, path, kind, code;
