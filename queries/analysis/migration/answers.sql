-- Requests that reached the database by the quarter of a second in which they were answered, or failed: where nobody is
-- answered there is a bin of zero. Hits in a cache are left out. A run of more than seven and a half minutes is shown in
-- wider bins, so that there are never more than 1,800. Seconds from the run's start.
WITH width AS (
  SELECT 250000 * greatest(1, ceil(max(end_us) / 250000 / 1800))::BIGINT AS us, max(end_us) AS end_us
  FROM phase
  WHERE run_id = $run
),
ended AS (
  SELECT
    coalesce(done_us, intended_us) // us AS nth,
    count(*) FILTER (outcome = 'ok') AS ok, count(*) FILTER (outcome <> 'ok') AS errors
  FROM request, width
  WHERE run_id = $run AND cache IS DISTINCT FROM 'hit'
  GROUP BY ALL
),
bin AS (
  SELECT us, unnest(range(0, ceil(end_us / us)::BIGINT)) AS nth FROM width
)
SELECT
  (nth * us / 1e6)::DOUBLE AS second, (us / 1e6)::DOUBLE AS width, coalesce(ok, 0) AS ok, coalesce(errors, 0) AS errors
FROM bin
LEFT JOIN ended USING (nth)
ORDER BY second;
