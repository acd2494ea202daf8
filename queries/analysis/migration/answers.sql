-- Requests that reached the database and were answered, by the quarter of a second in which the answer came: where nobody
-- is answered there is a bin of zero. Hits in a cache are left out. A run of more than seven and a half minutes is shown in
-- wider bins, so that there are never more than 1,800. Seconds from the run's start.
WITH width AS (
  SELECT 250000 * greatest(1, ceil(max(end_us) / 250000 / 1800))::BIGINT AS us, max(end_us) AS end_us
  FROM phase
  WHERE run_id = $run
),
answered AS (
  SELECT done_us // us AS nth, count(*) AS ok
  FROM request, width
  WHERE run_id = $run AND outcome = 'ok' AND cache IS DISTINCT FROM 'hit'
  GROUP BY ALL
),
bin AS (
  SELECT us, unnest(range(0, ceil(end_us / us)::BIGINT)) AS nth FROM width
)
SELECT (nth * us / 1e6)::DOUBLE AS second, (us / 1e6)::DOUBLE AS width, coalesce(ok, 0) AS ok
FROM bin
LEFT JOIN answered USING (nth)
ORDER BY second;
