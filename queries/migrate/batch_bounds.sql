-- The lowest and the highest key of a table, as text, and whether there are rows without one. In the order of the column
-- and not of its text, hence its table before it.
SELECT
  (SELECT CAST(t.:key AS text) FROM :table t WHERE t.:key IS NOT NULL ORDER BY t.:key LIMIT 1) AS lowest,
  (SELECT CAST(t.:key AS text) FROM :table t WHERE t.:key IS NOT NULL ORDER BY t.:key DESC LIMIT 1) AS highest,
  EXISTS (SELECT FROM :table t WHERE t.:key IS NULL AND :nullable) AS nulls
