-- The servers of a move that were held against the ledger, the one first that clients were at in the end.
SELECT labels ->> '$.at' AS side
FROM sample
WHERE run_id = $run AND source = 'move' AND metric = 'proven'
ORDER BY at_us, value DESC, side;
