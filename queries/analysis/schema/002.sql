-- A run of more than 18 hours has more blocks than 16 bits can number, and an answer may have more than 4 GiB.
-- Views keep the types they were made with: they are made again, as they were.

DROP VIEW timeline;
DROP VIEW latency;
DROP VIEW request;

ALTER TABLE phase ALTER phase_id TYPE UINTEGER;
ALTER TABLE timing ALTER phase_id TYPE UINTEGER;
ALTER TABLE timing ALTER bytes TYPE UBIGINT;

-- One row for each scheduled slot, with its arm, operation and durations in milliseconds.
-- `response_ms` follows the quantile rule: ok at its value, timeout as a lower bound, shed and unsent as +∞,
-- failed as NULL (left out, counted beside). `service_ms` and `waiting_ms` exist only for what was sent or
-- waited. Rows whose block was never written down (the run was killed) count as washout: scheduled, not
-- measured.
CREATE VIEW request AS
SELECT
  t.run_id, t.slot, t.worker, t.phase_id, t.operation_id,
  coalesce(p.name, 'washout') AS phase,
  coalesce(p.block, -1) AS block,
  coalesce(p.arm, o.path) AS arm,
  o.name AS operation, o.path,
  t.intended_us, t.woke_us, t.acquired_us, t.sent_us, t.done_us,
  t.outcome, t.error, t.cache, t.rows, t.bytes,
  CASE
    WHEN t.outcome IN ('ok', 'timeout') THEN (t.done_us - t.intended_us) / 1000.0
    WHEN t.outcome IN ('shed', 'unsent') THEN 'infinity'::DOUBLE
  END::DOUBLE AS response_ms,
  CASE WHEN t.outcome IN ('ok', 'timeout') THEN (t.done_us - t.sent_us) / 1000.0 END::DOUBLE AS service_ms,
  CASE
    WHEN t.outcome IN ('ok', 'timeout') THEN (coalesce(t.acquired_us, t.done_us) - t.woke_us) / 1000.0
  END::DOUBLE AS waiting_ms,
  ((t.woke_us - t.intended_us) / 1000.0)::DOUBLE AS lag_ms
FROM timing t
LEFT JOIN phase p ON p.run_id = t.run_id AND p.phase_id = t.phase_id
LEFT JOIN operation o ON o.run_id = t.run_id AND o.operation_id = t.operation_id
WHERE t.attempt = 0;

-- Response times in milliseconds per run, phase and operation. A quantile among the +∞ shows as infinity.
CREATE VIEW latency AS
SELECT
  r.run_id, r.phase_id, any_value(r.phase) AS phase, any_value(r.block) AS block, any_value(r.arm) AS arm,
  r.operation_id, any_value(r.operation) AS operation,
  count(*) AS n,
  count(*) FILTER (r.outcome <> 'ok') AS errors,
  quantile_disc(r.response_ms, 0.5) AS p50,
  quantile_disc(r.response_ms, 0.9) AS p90,
  quantile_disc(r.response_ms, 0.95) AS p95,
  quantile_disc(r.response_ms, 0.99) AS p99,
  quantile_disc(r.response_ms, 0.999) AS p999,
  max(r.response_ms) FILTER (r.outcome = 'ok') AS max,
  count(*) FILTER (r.outcome = 'ok') / nullif(any_value(p.end_us - p.start_us) / 1e6, 0) AS throughput
FROM request r
LEFT JOIN phase p ON p.run_id = r.run_id AND p.phase_id = r.phase_id
GROUP BY r.run_id, r.phase_id, r.operation_id;

-- One row per run, arm and second of intended time. Washout is shown too: a timeline hides nothing.
CREATE VIEW timeline AS
SELECT
  run_id, intended_us // 1000000 AS second, arm,
  any_value(phase) AS phase,
  count(*) AS n,
  count(*) FILTER (outcome = 'ok') AS ok,
  count(*) FILTER (outcome <> 'ok') AS errors,
  quantile_disc(response_ms, 0.5) AS p50,
  quantile_disc(response_ms, 0.95) AS p95,
  quantile_disc(response_ms, 0.99) AS p99,
  max(response_ms) FILTER (outcome = 'ok') AS max
FROM request
GROUP BY run_id, second, arm;
