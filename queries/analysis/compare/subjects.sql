-- What the arms of runs asked by: a text per run that is equal where statements and overrides are.
WITH wanted AS (SELECT unnest(from_json($runs, '["VARCHAR"]')) AS run_id)
SELECT run_id AS "runId", string_agg(what, E'\n' ORDER BY what) AS what
FROM (
  SELECT run_id, concat_ws(E'\t', 'operation', arm, name, fingerprint) AS what FROM operation SEMI JOIN wanted USING (run_id)
  UNION ALL
  SELECT run_id, concat_ws(E'\t', 'arm', name, path, overrides::VARCHAR) FROM arm SEMI JOIN wanted USING (run_id)
)
GROUP BY run_id;
