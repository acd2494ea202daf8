-- Whether others than the load have written rows of a move that are not what they were: both servers hold the same there.
SELECT value = 1 AS wrote
FROM sample
WHERE run_id = $run AND source = 'move' AND metric = 'others_wrote';
