-- One row per second and path of a migration's run, by intended time: what of its requests became, and the response time of
-- those that reached the database. Hits in a cache are left out of that: they go on while a table is locked, and would
-- hide it. p95 is NULL where so few requests cannot tell it, by the rule of `estimable` in tasks/stats/quantile.ts, and
-- where it falls among those that were never answered. A run of more than half an hour is shown in wider bins of `bin`
-- seconds each, so that there are never more than 1,800.
WITH width AS (
  SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS bin FROM phase WHERE run_id = $run
)
SELECT
  path, intended_us // 1000000 // bin * bin AS second, bin,
  max_by(segment, intended_us) AS segment,
  count(*) AS n,
  count(*) FILTER (outcome <> 'ok') AS errors,
  CASE WHEN 0.95 ** count(response_ms) FILTER (cache IS DISTINCT FROM 'hit') <= 0.025
    THEN nullif(quantile_disc(response_ms, 0.95) FILTER (cache IS DISTINCT FROM 'hit'), 'infinity') END AS p95,
  CASE WHEN count(cache) > 0 THEN count(*) FILTER (cache = 'hit') / count(cache) END AS "hitRate"
FROM request, width
WHERE run_id = $run AND path IS NOT NULL
GROUP BY ALL
ORDER BY second, path;
