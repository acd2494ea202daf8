-- What the migration itself waited for longest between $from and $until, µs: those who queue behind it wait for that too.
SELECT relation, mode, blocker_role AS "blockerRole", blocker_query AS "blockerQuery"
FROM lock_event
WHERE run_id = $run AND role = 'migration' AND at_us < $until AND at_us + coalesce(waited_us, 0) > $from
ORDER BY waited_us DESC, at_us
LIMIT 1;
