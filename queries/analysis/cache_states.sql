-- What the cache answered by second of intended time, where there is a cache. A long run is shown in wider bins of
-- `seconds` each, so that there are never more than 1,800.
WITH bin AS (
  SELECT greatest(1, ceil(max(end_us) / 1e6 / 1800))::BIGINT AS width FROM phase WHERE run_id = $run
)
SELECT arm, intended_us // 1000000 // width * width AS second, width AS seconds, cache AS state, count(*) AS n
FROM request, bin
WHERE run_id = $run AND cache IS NOT NULL
GROUP BY ALL
ORDER BY second, arm, state;
