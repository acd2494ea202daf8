-- Turns of so many µs in which what keeps tiers up was off, each with the one after it in which it was on: what reads and writes
-- took, divided for each by what its arm takes for the question. A turn that the run's end cut short is none, nor is one of
-- which a part was not measured.
WITH asked AS (
  SELECT sent_us, operation NOT IN (SELECT unnest(from_json($reads::JSON, '["VARCHAR"]'))) AS write,
    service_ms / avg(service_ms) OVER (PARTITION BY arm, operation) AS share,
    floor(sent_us / $turn::DOUBLE) AS turn
  FROM request
  WHERE run_id = $run AND measured AND outcome = 'ok' AND coalesce(cache, 'miss') = 'miss'
), whole AS (
  SELECT ceil(min(start_us) / $turn::DOUBLE) AS first, floor(max(end_us) / $turn::DOUBLE) AS past
  FROM phase WHERE run_id = $run AND measured
)
SELECT write, avg(share) FILTER (turn % 2 = 1) AS "on", avg(share) FILTER (turn % 2 = 0) AS off
FROM asked, whole
WHERE turn >= whole.first AND turn < whole.past
GROUP BY write, floor(turn / 2)
HAVING "on" IS NOT NULL AND off IS NOT NULL
ORDER BY write, floor(turn / 2);
