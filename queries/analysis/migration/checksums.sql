-- Ranges of keys before the load and after it, side by side; NULL where one side has none. The keys are text: the ranges
-- of one table stand in the order in which they were stored.
SELECT
  relation, from_key AS "fromKey", to_key AS "toKey",
  max(rows) FILTER (moment = 'before') AS "rowsBefore",
  max(rows) FILTER (moment = 'after') AS "rowsAfter",
  max(sum) FILTER (moment = 'before') AS "sumBefore",
  max(sum) FILTER (moment = 'after') AS "sumAfter"
FROM (SELECT *, rowid AS place FROM checksum WHERE run_id = $run)
GROUP BY relation, from_key, to_key
ORDER BY relation, min(place);
