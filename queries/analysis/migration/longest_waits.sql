-- The longest waits for a lock from $from on, µs; `waits` is how many there were.
SELECT * EXCLUDE (run_id), count(*) OVER () AS waits FROM lock_event
WHERE run_id = $run AND at_us + coalesce(waited_us, 0) >= $from
ORDER BY waited_us DESC, at_us, pid
LIMIT $most;
