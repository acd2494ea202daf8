-- The lowest and the highest key of a table, as text, and whether there are rows without one.
SELECT
  (SELECT CAST(:key AS text) FROM :table WHERE :key IS NOT NULL ORDER BY :key LIMIT 1) AS lowest,
  (SELECT CAST(:key AS text) FROM :table WHERE :key IS NOT NULL ORDER BY :key DESC LIMIT 1) AS highest,
  EXISTS (SELECT FROM :table WHERE :key IS NULL AND :nullable) AS nulls
