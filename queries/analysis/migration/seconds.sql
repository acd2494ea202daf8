-- One row per second and path of a migration's run, by when requests were due, counted from where the segment $changing
-- begins: what became of them, and the response time of those that reached the database. Hits in a cache are left out of
-- that: they go on while a table is locked, and would hide it. p95 is NULL where so few requests cannot tell it, by the rule of
-- `estimable` in tasks/stats/quantile.ts, and where it falls among those that were never answered. A path of which too few
-- reach the database in a second has wider bins, of `bin` seconds each, and so have all paths of a run of more than half
-- an hour: there are never more than 1,800.
WITH whole AS (
  SELECT
    max(end_us) / 1e6 AS seconds,
    greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS least,
    coalesce(min(start_us) FILTER (segment = $changing) // 1000000, 0) AS origin
  FROM phase
  WHERE run_id = $run
),
width AS (
  SELECT
    arm,
    least * CASE
      WHEN count(*) / seconds >= 90 THEN 1
      WHEN count(*) / seconds >= 45 THEN 2
      ELSE 5
    END AS bin
  FROM request, whole
  WHERE run_id = $run AND cache IS DISTINCT FROM 'hit'
  GROUP BY arm, seconds, least
),
placed AS (
  SELECT *, (floor((intended_us / 1e6 - origin) / bin) * bin + origin)::BIGINT AS begun
  FROM request
  JOIN width USING (arm), whole
  WHERE run_id = $run
)
SELECT
  arm AS path, greatest(0, begun) AS second, (least(begun + bin, seconds) - greatest(0, begun))::DOUBLE AS bin,
  max_by(segment, intended_us) AS segment,
  count(*) AS n,
  count(*) FILTER (outcome <> 'ok') AS errors,
  CASE WHEN 0.95 ** count(response_ms) FILTER (cache IS DISTINCT FROM 'hit') <= 0.025
    THEN nullif(quantile_disc(response_ms, 0.95) FILTER (cache IS DISTINCT FROM 'hit'), 'infinity') END AS p95,
  CASE WHEN count(cache) > 0 THEN count(*) FILTER (cache = 'hit') / count(cache) END AS "hitRate"
FROM placed
GROUP BY ALL
ORDER BY second, path;
