-- The data sets that Benchbook has put here, or was at.
SELECT name FROM benchbook.dataset ORDER BY name
