-- The plan of each operation before the database was changed and after that; of several arms that ask the same by SQL the
-- first one's. $changing is the segment in which the database is changed.
WITH change AS (
  SELECT min(start_us) AS begun, max(end_us) AS ended FROM phase WHERE run_id = $run AND segment = $changing
)
SELECT
  o.name AS operation,
  CASE WHEN p.at_us < c.begun THEN 'before' ELSE 'after' END AS moment,
  arg_min(p.plan, o.operation_id) AS plan
FROM plan p
JOIN operation o ON o.run_id = p.run_id AND o.operation_id = p.operation_id
JOIN change c ON p.at_us < c.begun OR p.at_us >= c.ended
WHERE p.run_id = $run
GROUP BY ALL
ORDER BY min(o.operation_id), moment DESC;
