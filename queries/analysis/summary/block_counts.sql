-- Of each unit of time of an arm's measured phases, or of those of $segment, per arm (operation NULL) and per arm and
-- operation: how many requests lie above the threshold before and not above each threshold, and how many there are in all; what noise
-- between blocks is told from. A unit is a block; fewer than $few blocks of an arm are cut into equal stretches,
-- $stretches in all or a few more. $thresholds is JSON, one object for each group: ascending, distinct, finite values
-- by measure, milliseconds. Units without a request have no row.
WITH
  thresholds AS (
    SELECT unnest(
      from_json(
        $thresholds,
        '[{"arm": "VARCHAR", "operation": "VARCHAR", "response": ["DOUBLE"], "service": ["DOUBLE"],
           "waiting": ["DOUBLE"]}]'
      ),
      recursive := true
    )
  ),
  units AS (
    SELECT
      phase_id, start_us, greatest(1, end_us - start_us) AS us,
      CASE WHEN blocks < $few THEN ceil($stretches / blocks) ELSE 1 END::BIGINT AS stretches,
      row_number() OVER (PARTITION BY arm ORDER BY start_us) - 1 AS nth
    FROM (SELECT *, count(*) OVER (PARTITION BY arm) AS blocks FROM phase
      WHERE run_id = $run AND measured AND coalesce(segment = $segment, true))
  ),
  placed AS (
    SELECT
      r.arm, r.operation, r.response_ms, r.service_ms, r.waiting_ms, r.outcome,
      nth * stretches + greatest(0, least(stretches - 1, (r.intended_us - start_us) * stretches // us)) AS unit
    FROM request r
    JOIN units USING (phase_id)
    WHERE r.run_id = $run
  )
SELECT
  p.arm, NULL AS operation, unit,
  count(*) AS n, count(*) FILTER (outcome = 'ok') AS ok,
  count(response_ms) AS responses, count(service_ms) AS services, count(waiting_ms) AS waits,
  map_values(histogram(response_ms, t.response)) AS response,
  map_values(histogram(service_ms, t.service)) AS service,
  map_values(histogram(waiting_ms, t.waiting)) AS waiting
FROM placed p
JOIN thresholds t ON t.arm = p.arm AND t.operation IS NULL
GROUP BY p.arm, unit
UNION ALL
SELECT
  p.arm, p.operation, unit,
  count(*), count(*) FILTER (outcome = 'ok'),
  count(response_ms), count(service_ms), count(waiting_ms),
  map_values(histogram(response_ms, t.response)),
  map_values(histogram(service_ms, t.service)),
  map_values(histogram(waiting_ms, t.waiting))
FROM placed p
JOIN thresholds t ON t.arm = p.arm AND t.operation = p.operation
GROUP BY p.arm, p.operation, unit;
