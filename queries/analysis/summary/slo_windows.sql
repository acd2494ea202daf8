-- Every rolling window of every term of $targets, a JSON array with one object for each term and arm; `seconds` NULL:
-- one window over everything. Windows begin at the first moment after the warm-up, or of $segment where it is not NULL, and
-- at each second from there, and end within it. A window holds the arm's requests of measured phases by intended time, also where other arms
-- took turns within it; where the arm had no measured phase it is none of the arm's.
--
-- A quantile of a window is one of its values, exactly. To sort each window would sort each request as often as a
-- window has seconds; so requests are counted first in bins of a logarithmic axis, sixteen to a doubling, and only
-- the bin in which the quantile lies is sorted, and only of windows that can be the worst: others have no `value`.
WITH
  span AS (
    SELECT
      coalesce(min(p.start_us) FILTER (p.segment = $segment), any_value(a.start_us)) AS base,
      coalesce(max(p.end_us) FILTER (p.segment = $segment), any_value(a.end_us)) AS finish
    FROM after_warmup a
    JOIN phase p USING (run_id)
    WHERE run_id = $run
    GROUP BY run_id
  ),
  target AS (
    SELECT
      term.*, base,
      coalesce(seconds, (finish - base) // 1000000 + 1) AS length,
      CASE WHEN seconds IS NULL THEN 1 ELSE (finish - base) // 1000000 - seconds + 1 END AS windows
    FROM span, (
      SELECT unnest(
        from_json(
          $targets,
          '[{"id": "INTEGER", "arm": "VARCHAR", "operation": "VARCHAR", "stream": "VARCHAR",
             "seconds": "BIGINT", "metric": "VARCHAR", "level": "DOUBLE", "limit_ms": "DOUBLE", "inclusive": "BOOLEAN",
             "least": "BIGINT"}]'
        ),
        recursive := true
      )
    ) term
  ),
  -- `whole` is what counts in a term, `part` what is counted of it: of a quantile those within the limit.
  member AS (
    SELECT
      t.id, t.metric, r.response_ms, r.outcome,
      (r.intended_us - t.base) // 1000000 AS second,
      CASE t.metric WHEN 'quantile' THEN r.response_ms IS NOT NULL WHEN 'hit' THEN r.cache IS NOT NULL ELSE true END
        AS whole,
      CASE t.metric
        WHEN 'quantile' THEN r.response_ms < t.limit_ms OR t.inclusive AND r.response_ms = t.limit_ms
        WHEN 'errors' THEN r.outcome <> 'ok'
        WHEN 'shed' THEN r.outcome = 'shed'
        WHEN 'hit' THEN r.cache = 'hit'
        WHEN 'throughput' THEN r.outcome = 'ok'
      END AS part,
      CASE
        WHEN t.metric <> 'quantile' OR r.response_ms IS NULL THEN 0
        WHEN isinf(r.response_ms) THEN 1000000
        ELSE floor(log2(greatest(r.response_ms, 0.001)) * 16)::INTEGER
      END AS bin
    FROM request r
    JOIN target t ON t.arm = r.arm
      AND (t.operation IS NULL OR t.operation = r.operation)
      AND (t.stream IS NULL OR t.stream = r.stream)
    WHERE r.run_id = $run AND r.measured AND coalesce(r.segment = $segment, true)
  ),
  binned AS (
    SELECT
      id, second, bin,
      count(*) FILTER (whole) AS whole,
      count(*) FILTER (part) AS part,
      min(response_ms) FILTER (metric = 'quantile' AND outcome = 'timeout') AS timeout_ms
    FROM member
    GROUP BY ALL
  ),
  rolled AS (
    SELECT id, start, bin, sum(whole)::BIGINT AS whole, sum(part)::BIGINT AS part, min(timeout_ms) AS timeout_ms
    FROM (
      SELECT b.*, unnest(range(greatest(0, second - length + 1), least(second, windows - 1) + 1)) AS start
      FROM binned b JOIN target USING (id)
    )
    GROUP BY ALL
  ),
  counted AS (
    SELECT
      id, start, sum(whole)::BIGINT AS whole, sum(part)::BIGINT AS part, min(timeout_ms) AS timeout_ms,
      -- As quantileRank of tasks/stats/quantile.ts has it.
      greatest(1, ceil(sum(whole) * level - 4 * 2.220446049250313e-16 * sum(whole) * level))::BIGINT AS rank
    FROM rolled JOIN target USING (id)
    GROUP BY id, start, level
  ),
  deciding AS (
    SELECT r.id, r.start, r.bin, c.rank - (r.upto - r.whole) AS place
    FROM (SELECT *, (sum(whole) OVER (PARTITION BY id, start ORDER BY bin))::BIGINT AS upto FROM rolled) r
    JOIN counted c USING (id, start)
    JOIN target t USING (id)
    WHERE t.metric = 'quantile' AND c.whole >= t.least AND c.rank > r.upto - r.whole AND c.rank <= r.upto
    QUALIFY r.bin = max(r.bin) OVER (PARTITION BY r.id)
  ),
  valued AS (
    SELECT d.id, d.start, list(m.response_ms ORDER BY m.response_ms)[any_value(d.place)] AS value
    FROM (
      SELECT d.*, unnest(range(start, start + length)) AS second FROM deciding d JOIN target USING (id)
      WHERE bin < 1000000
    ) d
    JOIN member m ON m.id = d.id AND m.second = d.second AND m.bin = d.bin AND m.whole
    GROUP BY d.id, d.start
  ),
  -- How long the arm was measured within each window.
  covered AS (
    SELECT
      w.id, w.start,
      sum(least(p.end_us, w.at_us + w.length * 1000000) - greatest(p.start_us, w.at_us)) / 1e6 AS seconds,
      any_value(w.at_us) AS at_us
    FROM (
      SELECT *, base + start * 1000000 AS at_us FROM (SELECT *, unnest(range(windows)) AS start FROM target)
    ) w
    JOIN phase p ON coalesce(p.arm, w.arm) = w.arm AND p.start_us < w.at_us + w.length * 1000000 AND p.end_us > w.at_us
    WHERE p.run_id = $run AND p.measured AND coalesce(p.segment = $segment, true)
    GROUP BY w.id, w.start
  )
SELECT
  c.id, c.at_us AS "atUs", c.seconds,
  coalesce(n.whole, 0) AS whole, coalesce(n.part, 0) AS part,
  CASE WHEN d.bin = 1000000 THEN 'infinity'::DOUBLE ELSE v.value END AS value,
  n.timeout_ms AS "shortestTimeoutMs"
FROM covered c
LEFT JOIN counted n USING (id, start)
LEFT JOIN deciding d USING (id, start)
LEFT JOIN valued v USING (id, start)
ORDER BY c.id, c.at_us;
