-- The lowest and the highest key of a table, as text, and whether there are rows without one. Without a name of their own the
-- texts would bear the key's, and be what ORDER BY sorts by.
SELECT
  (SELECT CAST(:key AS text) AS bound FROM :table WHERE :key IS NOT NULL ORDER BY :key LIMIT 1) AS lowest,
  (SELECT CAST(:key AS text) AS bound FROM :table WHERE :key IS NOT NULL ORDER BY :key DESC LIMIT 1) AS highest,
  EXISTS (SELECT FROM :table WHERE :key IS NULL AND :nullable) AS nulls
