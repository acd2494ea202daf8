-- Of which relations the migration held up sessions of the load by a row between $from and $until, µs: `row of SCHEMA.NAME`.
SELECT DISTINCT relation FROM lock_event
WHERE run_id = $run AND role = 'load' AND blocker_role = 'migration' AND starts_with(relation, 'row of ')
  AND at_us < $until AND at_us + coalesce(waited_us, 0) > $from;
