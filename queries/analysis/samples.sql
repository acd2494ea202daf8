-- All samples on the run's clock. Of a run of more than half an hour their means over wider bins, so that a series
-- never has more than 1,800 of them.
WITH bin AS (
  SELECT greatest(1, ceil(max(at_us) / 1e6 / 1800))::BIGINT AS width FROM sample WHERE run_id = $run
)
SELECT (min(at_us) / 1e6)::DOUBLE AS second, source, metric, labels, avg(value) AS value
FROM sample, bin
WHERE run_id = $run
GROUP BY source, metric, labels, CASE WHEN width = 1 THEN at_us ELSE at_us // 1000000 // width END
ORDER BY second, source, metric, labels;
