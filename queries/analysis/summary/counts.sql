-- Counts of the measured phases, of each segment by itself with $by_segment (without it `segment` is NULL), per arm
-- (operation NULL) and per arm and operation; times in milliseconds. `inFlight`: recorded as timed out, but sooner than
-- after the time limit of $limit_us: the run had ended early by then; 0 where it did not.
WITH
  cells AS (
    SELECT
      phase_id, operation_id, outcome, cache, attempts > 1 AS retried,
      outcome = 'timeout'::outcome AND done_us - woke_us < $limit_us AS cut_off,
      count(*) AS n, count(response_us) AS responses, count(service_us) AS services, count(waiting_us) AS waits,
      min(response_us) AS least_us, max(response_us) AS most_us,
      count(bytes) AS of_bytes, sum(bytes) AS bytes, count(rows) AS of_rows, sum(rows) AS rows
    FROM slot
    WHERE run_id = $run
    GROUP BY ALL
  ),
  phases AS (
    SELECT phase_id, arm, CASE WHEN $by_segment THEN segment END AS segment
    FROM phase
    WHERE run_id = $run AND measured
  )
SELECT
  p.segment, coalesce(p.arm, o.arm) AS arm, o.name AS operation,
  sum(n) AS n,
  coalesce(sum(n) FILTER (outcome = 'ok'), 0) AS ok,
  coalesce(sum(n) FILTER (outcome = 'failed'), 0) AS failed,
  coalesce(sum(n) FILTER (outcome = 'timeout'), 0) AS timeout,
  coalesce(sum(n) FILTER (outcome = 'shed'), 0) AS shed,
  coalesce(sum(n) FILTER (outcome = 'unsent'), 0) AS unsent,
  coalesce(sum(n) FILTER (cut_off), 0) AS "inFlight",
  coalesce(sum(n) FILTER (retried), 0) AS retried,
  coalesce(sum(n) FILTER (cache = 'hit'), 0) AS hit,
  coalesce(sum(n) FILTER (cache = 'miss'), 0) AS miss,
  coalesce(sum(n) FILTER (cache = 'stale'), 0) AS stale,
  coalesce(sum(n) FILTER (cache = 'bypass'), 0) AS bypass,
  sum(responses) AS responses,
  sum(services) AS services,
  sum(waits) AS waits,
  max(most_us) FILTER (most_us < 'infinity') / 1000.0 AS "maxMs",
  min(least_us) FILTER (outcome = 'timeout') / 1000.0 AS "shortestTimeoutMs",
  (sum(bytes) FILTER (outcome = 'ok') / sum(of_bytes) FILTER (outcome = 'ok'))::DOUBLE AS "meanBytes",
  (sum(rows) FILTER (outcome = 'ok') / sum(of_rows) FILTER (outcome = 'ok'))::DOUBLE AS "meanRows"
FROM cells
JOIN phases p USING (phase_id)
LEFT JOIN operation o ON o.run_id = $run AND o.operation_id = cells.operation_id
GROUP BY GROUPING SETS ((p.segment, coalesce(p.arm, o.arm)), (p.segment, coalesce(p.arm, o.arm), o.name))
ORDER BY 1, 2, 3 NULLS FIRST;
