-- Of each unit of time of an arm's measured phases, of each segment by itself with $by_segment (without it `segment` is
-- NULL), per arm and operation: how many requests lie above the bin's bound before and not above each bound, and how many
-- there are in all; what noise between blocks is told from. A unit is a block; fewer than $few blocks of an arm are cut into equal stretches, $stretches in all or a few more.
-- $bounds is JSON, one object for each arm and operation: ascending, distinct microseconds by measure. Units without a
-- request have no row.
WITH
  bounds AS (
    SELECT unnest(
      from_json(
        $bounds,
        '[{"segment": "VARCHAR", "arm": "VARCHAR", "operation": "VARCHAR", "response": ["DOUBLE"],
           "service": ["BIGINT"], "waiting": ["BIGINT"]}]'
      ),
      recursive := true
    )
  ),
  units AS (
    SELECT
      phase_id, segment, arm, start_us, greatest(1, end_us - start_us) AS us,
      CASE WHEN blocks < $few THEN ceil($stretches / blocks) ELSE 1 END::BIGINT AS stretches,
      row_number() OVER (PARTITION BY segment, arm ORDER BY start_us) - 1 AS nth
    FROM (
      SELECT *, count(*) OVER (PARTITION BY segment, arm) AS blocks
      FROM (SELECT * REPLACE (CASE WHEN $by_segment THEN segment END AS segment) FROM phase)
      WHERE run_id = $run AND measured
    )
  ),
  -- Each phase with each operation that was asked of its arm: a small table, which every row is then looked up in.
  groups AS (
    SELECT
      row_number() OVER ()::UINTEGER AS id, u.phase_id, o.operation_id, u.segment, b.arm, b.operation,
      u.start_us, u.us, u.stretches, u.nth, b.response, b.service, b.waiting
    FROM units u
    JOIN operation o ON o.run_id = $run
    JOIN bounds b ON b.segment IS NOT DISTINCT FROM u.segment AND b.arm = coalesce(u.arm, o.arm) AND b.operation = o.name
  ),
  counted AS (
    SELECT
      g.id,
      greatest(0, least(g.stretches - 1, (s.intended_us - g.start_us) * g.stretches // g.us)) AS stretch,
      count(*) AS n, count(*) FILTER (s.outcome = 'ok'::outcome) AS ok,
      count(s.response_us) AS responses, count(s.service_us) AS services, count(s.waiting_us) AS waits,
      map_values(histogram(s.response_us, g.response)) AS response,
      map_values(histogram(s.service_us, g.service)) AS service,
      map_values(histogram(s.waiting_us, g.waiting)) AS waiting
    FROM slot s
    JOIN groups g ON g.phase_id = s.phase_id AND g.operation_id = s.operation_id
    WHERE s.run_id = $run
    GROUP BY ALL
  )
SELECT
  g.segment, g.arm, g.operation, g.nth * g.stretches + c.stretch AS unit,
  c.n, c.ok, c.responses, c.services, c.waits, c.response, c.service, c.waiting
FROM counted c
JOIN groups g USING (id);
