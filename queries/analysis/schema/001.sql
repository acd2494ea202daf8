-- The store's tables and views. One run is many rows of one `run_id`; times are microseconds from the run's
-- start on its monotonic clock; TIMESTAMPs are UTC.

CREATE TYPE outcome AS ENUM ('ok', 'failed', 'timeout', 'shed', 'unsent');
CREATE TYPE cache_state AS ENUM ('hit', 'miss', 'stale', 'bypass');

CREATE TABLE run (
  run_id      VARCHAR PRIMARY KEY,
  label       VARCHAR,
  kind        VARCHAR NOT NULL,
  scenario    VARCHAR NOT NULL,
  started_at  TIMESTAMP NOT NULL,
  ended_at    TIMESTAMP,
  status      VARCHAR NOT NULL CHECK (status IN ('running', 'complete', 'interrupted', 'crashed')),
  verdict     VARCHAR CHECK (
    verdict IN ('pass', 'fail', 'inconclusive', 'invalid', 'zero-downtime', 'brief-pause')
  ),
  seed        BIGINT NOT NULL,
  config      JSON NOT NULL,
  environment JSON NOT NULL,
  git_commit  VARCHAR
);

CREATE TABLE phase (
  run_id   VARCHAR NOT NULL,
  phase_id USMALLINT NOT NULL,
  name     VARCHAR NOT NULL,
  block    INTEGER NOT NULL,
  arm      VARCHAR NOT NULL,
  start_us BIGINT NOT NULL,
  end_us   BIGINT NOT NULL
);

CREATE TABLE operation (
  run_id       VARCHAR NOT NULL,
  operation_id USMALLINT NOT NULL,
  workload     VARCHAR NOT NULL,
  name         VARCHAR NOT NULL,
  path         VARCHAR NOT NULL,
  statement    VARCHAR NOT NULL,
  fingerprint  VARCHAR NOT NULL,
  parameters   JSON NOT NULL
);

-- One row for each attempt of each scheduled slot. (slot, attempt) is unique within a run: an index over a
-- hundred million rows would cost more than the rows themselves, so the loader proves it while it reads and
-- refuses a run that breaks it. Types are as small as the values allow; run_id, error and the enums are kept
-- as dictionaries on disk. DuckDB need not try other ways for the two texts: they are few.
-- Times are microseconds from the run's start on its monotonic clock; null means that the attempt never got so far.
-- Response time = done − intended (open loop); service time = done − sent; generator lag = woke − intended.
-- intended: when it was due, by the schedule (open loop), or when its client was ready (closed loop); woke: when the
-- generator turned to it; acquired: when a connection was free for it; sent: when its bytes went out; done: when the
-- answer was complete, or the request was given up. phase: in which it was due. error: SQLSTATE, HTTP status, GraphQL
-- error code or a client's own code such as ECONNREFUSED. rows: null where there was no answer or the path does not
-- count them. bytes: all that were received for the answer, what its protocol adds included, from the cache where
-- that answered, else from PostgreSQL or the GraphQL service.
CREATE TABLE timing (
  run_id       VARCHAR NOT NULL USING COMPRESSION dictionary,
  slot         BIGINT NOT NULL,
  attempt      UTINYINT NOT NULL,
  worker       USMALLINT NOT NULL,
  phase_id     USMALLINT NOT NULL,
  operation_id USMALLINT NOT NULL,
  intended_us  BIGINT NOT NULL,
  woke_us      BIGINT,
  acquired_us  BIGINT,
  sent_us      BIGINT,
  done_us      BIGINT,
  outcome      outcome NOT NULL,
  error        VARCHAR USING COMPRESSION dictionary,
  cache        cache_state,
  rows         UINTEGER,
  bytes        UINTEGER
);

CREATE TABLE sample (
  run_id VARCHAR NOT NULL,
  at_us  BIGINT NOT NULL,
  source VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  labels JSON NOT NULL,
  value  DOUBLE NOT NULL
);

CREATE TABLE plan (
  run_id       VARCHAR NOT NULL,
  operation_id USMALLINT NOT NULL,
  at_us        BIGINT NOT NULL,
  plan         JSON NOT NULL
);

CREATE TABLE migration_step (
  run_id       VARCHAR NOT NULL,
  step         INTEGER NOT NULL,
  variant      VARCHAR NOT NULL,
  sql          VARCHAR NOT NULL,
  start_us     BIGINT NOT NULL,
  end_us       BIGINT,
  lock_mode    VARCHAR,
  lock_wait_us BIGINT,
  attempts     INTEGER NOT NULL,
  error        VARCHAR
);

CREATE TABLE lock_event (
  run_id     VARCHAR NOT NULL,
  at_us      BIGINT NOT NULL,
  pid        INTEGER NOT NULL,
  blocked_by INTEGER,
  relation   VARCHAR,
  mode       VARCHAR NOT NULL,
  waited_us  BIGINT,
  query      VARCHAR
);

CREATE TABLE ledger (
  run_id   VARCHAR NOT NULL,
  client   INTEGER NOT NULL,
  seq      BIGINT NOT NULL,
  op       VARCHAR NOT NULL,
  outcome  VARCHAR NOT NULL,
  verified BOOLEAN
);

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
