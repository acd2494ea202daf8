-- A phase says what part of the run it belongs to and whether it is measured; arms have rows of their own, and operations
-- name theirs and their stream. What became of a slot is what became of its last attempt.

DROP VIEW timeline;
DROP VIEW latency;
DROP VIEW request;

ALTER TABLE phase RENAME TO phase_3;
ALTER TABLE operation RENAME TO operation_3;

CREATE TABLE arm (
  run_id    VARCHAR NOT NULL,
  arm_id    USMALLINT NOT NULL,
  name      VARCHAR NOT NULL,
  path      VARCHAR NOT NULL,
  role      VARCHAR NOT NULL CHECK (role IN ('baseline', 'candidate')),
  overrides JSON NOT NULL
);

CREATE TABLE phase (
  run_id   VARCHAR NOT NULL,
  phase_id UINTEGER NOT NULL,
  segment  VARCHAR NOT NULL,
  measured BOOLEAN NOT NULL,
  block    INTEGER NOT NULL,
  -- NULL: all arms are asked in it, and each request tells which.
  arm      VARCHAR,
  start_us BIGINT NOT NULL,
  end_us   BIGINT NOT NULL
);

CREATE TABLE operation (
  run_id       VARCHAR NOT NULL,
  operation_id USMALLINT NOT NULL,
  workload     VARCHAR NOT NULL,
  stream       VARCHAR NOT NULL,
  name         VARCHAR NOT NULL,
  path         VARCHAR NOT NULL,
  arm          VARCHAR NOT NULL,
  statement    VARCHAR NOT NULL,
  fingerprint  VARCHAR NOT NULL,
  parameters   JSON NOT NULL
);

-- Older runs had an arm a path; direct SQL was the baseline where it took part, else the first arm.
INSERT INTO arm
SELECT
  run_id, nth - 1, arms[nth], arms[nth],
  CASE WHEN arms[nth] = CASE WHEN list_contains(arms, 'sql') THEN 'sql' ELSE arms[1] END
    THEN 'baseline' ELSE 'candidate' END,
  '{}'
FROM (
  SELECT run_id, arms, unnest(range(1, len(arms) + 1)) AS nth
  FROM (SELECT run_id, from_json(config -> '$.arms', '["VARCHAR"]') AS arms FROM run WHERE kind <> 'find-rate')
)
WHERE arms[nth] IS NOT NULL;

-- They measured in the phases of one name.
INSERT INTO phase
SELECT run_id, phase_id, name, name = 'steady', block, arm, start_us, end_us FROM phase_3;

-- Their streams were told by slots' numbers and the run's configuration.
INSERT INTO operation
SELECT
  o.run_id, o.operation_id, o.workload, coalesce(s.stream, 'main'), o.name, o.path, o.path, o.statement, o.fingerprint,
  o.parameters
FROM operation_3 o
LEFT JOIN (
  SELECT run_id, operation, any_value(stream) AS stream
  FROM (
    SELECT run_id, each.name AS stream, unnest(each.operations) AS operation
    FROM (
      SELECT run_id, unnest(from_json(config -> '$.streams', '[{"name": "VARCHAR", "operations": ["VARCHAR"]}]')) AS each
      FROM run
    )
  )
  GROUP BY run_id, operation
) s ON s.run_id = o.run_id AND s.operation = o.name;

DROP TABLE phase_3;
DROP TABLE operation_3;

-- From the first block that is measured to the run's end: what the generator and the host are judged by.
CREATE VIEW after_warmup AS
SELECT p.run_id, min(p.phase_id) AS phase_id, min(p.start_us) AS start_us, max(p.end_us) AS end_us
FROM phase p
JOIN (SELECT run_id, min(block) AS block FROM phase WHERE measured GROUP BY run_id) first
  ON first.run_id = p.run_id AND p.block >= first.block
GROUP BY p.run_id;

-- One row for each scheduled slot, with its arm, operation, segment and durations in milliseconds. What became of it is
-- what became of its last attempt, and its response time ends with that one; its lag is the first one's.
-- `response_ms` follows the quantile rule: ok at its value, timeout as a lower bound, shed and unsent as +∞,
-- failed as NULL (left out, counted beside). `service_ms` and `waiting_ms` are the last attempt's and exist only for what
-- was sent or waited. Rows whose block was never written down (the run was killed) are not measured.
CREATE VIEW request AS
SELECT
  run_id, slot, worker, phase_id, operation_id, segment, measured, block, arm, stream, operation, path, attempts,
  intended_us, woke_us, acquired_us, sent_us, done_us, outcome, error, cache, rows, bytes,
  CASE
    WHEN outcome IN ('ok', 'timeout') THEN (done_us - intended_us) / 1000.0
    WHEN outcome IN ('shed', 'unsent') THEN 'infinity'::DOUBLE
  END::DOUBLE AS response_ms,
  CASE WHEN outcome IN ('ok', 'timeout') THEN (done_us - sent_us) / 1000.0 END::DOUBLE AS service_ms,
  CASE
    WHEN outcome IN ('ok', 'timeout') THEN (coalesce(acquired_us, done_us) - last_woke_us) / 1000.0
  END::DOUBLE AS waiting_ms,
  ((woke_us - intended_us) / 1000.0)::DOUBLE AS lag_ms
FROM (
  SELECT
    t.run_id, t.slot, t.worker, t.phase_id, t.operation_id,
    coalesce(p.segment, 'unknown') AS segment,
    coalesce(p.measured, false) AS measured,
    coalesce(p.block, -1) AS block,
    coalesce(p.arm, o.arm) AS arm,
    o.stream, o.name AS operation, o.path,
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
    CASE WHEN l.slot IS NULL THEN t.bytes ELSE l.bytes END AS bytes
  FROM timing t
  LEFT JOIN (
    -- Few slots are tried again, and in most runs none: this reads next to nothing.
    SELECT * FROM timing WHERE attempt > 0
    QUALIFY attempt = max(attempt) OVER (PARTITION BY run_id, slot)
  ) l ON l.run_id = t.run_id AND l.slot = t.slot
  LEFT JOIN phase p ON p.run_id = t.run_id AND p.phase_id = t.phase_id
  LEFT JOIN operation o ON o.run_id = t.run_id AND o.operation_id = t.operation_id
  WHERE t.attempt = 0
);

-- Response times in milliseconds per run, phase and operation. A quantile among the +∞ shows as infinity.
CREATE VIEW latency AS
SELECT
  r.run_id, r.phase_id, any_value(r.segment) AS segment, any_value(r.measured) AS measured,
  any_value(r.block) AS block, any_value(r.arm) AS arm,
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

-- One row per run, arm and second of intended time. What is not measured is shown too: a timeline hides nothing.
CREATE VIEW timeline AS
SELECT
  run_id, intended_us // 1000000 AS second, arm,
  max_by(segment, intended_us) AS segment,
  max_by(measured, intended_us) AS measured,
  count(*) AS n,
  count(*) FILTER (outcome = 'ok') AS ok,
  count(*) FILTER (outcome <> 'ok') AS errors,
  quantile_disc(response_ms, 0.5) AS p50,
  quantile_disc(response_ms, 0.95) AS p95,
  quantile_disc(response_ms, 0.99) AS p99,
  max(response_ms) FILTER (outcome = 'ok') AS max
FROM request
GROUP BY run_id, second, arm;
