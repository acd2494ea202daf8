-- What a cache did for a request. key_hash: of its key there, from which the hit rate of any other cache can be computed; NULL
-- where nothing is cached. age_us: how long before it was answered the answer had been asked for, where an entry gave it: so
-- stale it was at the most. loaded: whether what lies behind the cache was asked for this request.
ALTER TABLE timing ADD COLUMN key_hash UBIGINT;
ALTER TABLE timing ADD COLUMN age_us UBIGINT;
ALTER TABLE timing ADD COLUMN loaded BOOLEAN;

-- One row for each scheduled slot, by the numbers of its phase and operation. What became of it is what became of its
-- last attempt, and its response time ends with that one; its lag is the first one's. Durations are whole microseconds.
-- `response_us` follows the quantile rule: ok at its value, timeout as a lower bound, shed and unsent as +∞, failed as
-- NULL (left out, counted beside). `service_us` and `waiting_us` are the last attempt's and exist only for what was sent
-- or waited. An outcome that is not cast is compared letter by letter.
CREATE OR REPLACE VIEW slot AS
SELECT
  *,
  CASE
    WHEN outcome IN ('ok'::outcome, 'timeout'::outcome) THEN (done_us - intended_us)::DOUBLE
    WHEN outcome IN ('shed'::outcome, 'unsent'::outcome) THEN 'infinity'::DOUBLE
  END AS response_us,
  CASE WHEN outcome IN ('ok'::outcome, 'timeout'::outcome) THEN done_us - sent_us END AS service_us,
  CASE
    WHEN outcome IN ('ok'::outcome, 'timeout'::outcome) THEN coalesce(acquired_us, done_us) - last_woke_us
  END AS waiting_us,
  woke_us - intended_us AS lag_us
FROM (
  SELECT
    t.run_id, t.slot, t.worker, t.phase_id, t.operation_id,
    1 + coalesce(l.attempt, 0) AS attempts,
    t.intended_us, t.woke_us,
    CASE WHEN l.slot IS NULL THEN t.woke_us ELSE l.woke_us END AS last_woke_us,
    CASE WHEN l.slot IS NULL THEN t.acquired_us ELSE l.acquired_us END AS acquired_us,
    CASE WHEN l.slot IS NULL THEN t.sent_us ELSE l.sent_us END AS sent_us,
    CASE WHEN l.slot IS NULL THEN t.done_us ELSE l.done_us END AS done_us,
    CASE WHEN l.slot IS NULL THEN t.outcome ELSE l.outcome END AS outcome,
    CASE WHEN l.slot IS NULL THEN t.error ELSE l.error END AS error,
    CASE WHEN l.slot IS NULL THEN t.cache ELSE l.cache END AS cache,
    CASE WHEN l.slot IS NULL THEN t.rows ELSE l.rows END AS rows,
    CASE WHEN l.slot IS NULL THEN t.bytes ELSE l.bytes END AS bytes,
    CASE WHEN l.slot IS NULL THEN t.key_hash ELSE l.key_hash END AS key_hash,
    CASE WHEN l.slot IS NULL THEN t.age_us ELSE l.age_us END AS age_us,
    CASE WHEN l.slot IS NULL THEN t.loaded ELSE l.loaded END AS loaded
  FROM timing t
  LEFT JOIN (
    -- Few slots are tried again, and in most runs none: this reads next to nothing.
    SELECT * FROM timing WHERE attempt > 0
    QUALIFY attempt = max(attempt) OVER (PARTITION BY run_id, slot)
  ) l ON l.run_id = t.run_id AND l.slot = t.slot
  WHERE t.attempt = 0
);

-- The same with its arm, operation and segment, and durations in milliseconds. Rows whose block was never written down
-- (the run was killed) are not measured.
CREATE OR REPLACE VIEW request AS
SELECT
  s.run_id, s.slot, s.worker, s.phase_id, s.operation_id,
  coalesce(p.segment, 'unknown') AS segment,
  coalesce(p.measured, false) AS measured,
  coalesce(p.block, -1) AS block,
  coalesce(p.arm, o.arm) AS arm,
  o.stream, o.name AS operation, o.path,
  s.attempts, s.intended_us, s.woke_us, s.acquired_us, s.sent_us, s.done_us,
  s.outcome, s.error, s.cache, s.rows, s.bytes, s.key_hash, s.age_us, s.loaded,
  s.response_us / 1000.0 AS response_ms,
  s.service_us / 1000.0 AS service_ms,
  s.waiting_us / 1000.0 AS waiting_ms,
  s.lag_us / 1000.0 AS lag_ms
FROM slot s
LEFT JOIN phase p ON p.run_id = s.run_id AND p.phase_id = s.phase_id
LEFT JOIN operation o ON o.run_id = s.run_id AND o.operation_id = s.operation_id;
