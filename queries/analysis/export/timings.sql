-- Each attempt of a run's slots, as it was measured: microseconds from the run's beginning. `getvariable` because COPY takes
-- no parameters.
SELECT
  t.slot, t.attempt, t.worker, p.segment, p.measured, p.block, o.arm, o.path, o.name AS operation, o.stream,
  t.intended_us, t.woke_us, t.acquired_us, t.sent_us, t.done_us, t.outcome::VARCHAR AS outcome, t.error,
  t.cache::VARCHAR AS cache, t.rows, t.bytes, t.key_hash, t.age_us, t.loaded
FROM timing t
LEFT JOIN phase p USING (run_id, phase_id)
LEFT JOIN operation o USING (run_id, operation_id)
WHERE t.run_id = getvariable('run')
ORDER BY t.slot, t.attempt
