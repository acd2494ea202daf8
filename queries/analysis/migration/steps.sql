-- A migration's statements as they ran, in order.
SELECT
  step, statement, variant, file, sql, move, start_us AS "startUs", end_us AS "endUs", lock_mode AS "lockMode",
  lock_wait_us AS "lockWaitUs", attempts, batches, rows, error_code AS "errorCode", error
FROM migration_step
WHERE run_id = $run
ORDER BY step, statement;
