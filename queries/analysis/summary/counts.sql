-- Counts of the measured phases, or of those of $segment where it is not NULL, per arm (operation NULL) and per arm and
-- operation; times in milliseconds. `inFlight`: recorded as timed out, but sooner than after the time limit of
-- $limit_us: the run had ended early by then; 0 where it did not.
SELECT
  arm, operation,
  count(*) AS n,
  count(*) FILTER (outcome = 'ok') AS ok,
  count(*) FILTER (outcome = 'failed') AS failed,
  count(*) FILTER (outcome = 'timeout') AS timeout,
  count(*) FILTER (outcome = 'shed') AS shed,
  count(*) FILTER (outcome = 'unsent') AS unsent,
  count(*) FILTER (outcome = 'timeout' AND done_us - woke_us < $limit_us) AS "inFlight",
  count(*) FILTER (attempts > 1) AS retried,
  count(*) FILTER (cache = 'hit') AS hit,
  count(*) FILTER (cache = 'miss') AS miss,
  count(*) FILTER (cache = 'stale') AS stale,
  count(*) FILTER (cache = 'bypass') AS bypass,
  count(response_ms) AS responses,
  count(service_ms) AS services,
  count(waiting_ms) AS waits,
  max(response_ms) FILTER (response_ms < 'infinity') AS "maxMs",
  min(response_ms) FILTER (outcome = 'timeout') AS "shortestTimeoutMs",
  avg(bytes) FILTER (outcome = 'ok') AS "meanBytes",
  avg(rows) FILTER (outcome = 'ok') AS "meanRows"
FROM request
WHERE run_id = $run AND measured AND coalesce(segment = $segment, true)
GROUP BY GROUPING SETS ((arm), (arm, operation))
ORDER BY arm, operation NULLS FIRST;
