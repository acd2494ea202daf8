-- What a client that tries nothing again saw go wrong in each of $segments (JSON, as in responses.sql), most frequent
-- first, by when it was due: the first attempt counts. What was never sent because the run ended is nobody's error.
-- $writes as in responses.sql.
WITH part AS (
  SELECT unnest(
    from_json($segments, '[{"segment": "VARCHAR", "startUs": "BIGINT", "endUs": "BIGINT"}]'), recursive := true
  )
)
SELECT
  p.segment,
  o.arm AS path,
  CASE WHEN list_contains(from_json($writes, '["VARCHAR"]'), o.name) THEN 'write' ELSE 'read' END AS kind,
  coalesce(t.error, t.outcome::VARCHAR) AS code,
  count(*) AS n
FROM timing t
JOIN operation o ON o.run_id = t.run_id AND o.operation_id = t.operation_id
JOIN part p ON t.intended_us >= p."startUs" AND t.intended_us < p."endUs"
WHERE t.run_id = $run AND t.attempt = 0 AND t.outcome NOT IN ('ok', 'unsent')
GROUP BY ALL
ORDER BY n DESC, p.segment, path, kind, code;
