-- Logarithms of an operation's response times in milliseconds over one arm, of several runs: evenly spaced requests in
-- order of time, so many at most, in stretches of neighbours. What was never served counts as long as $timeout_ms.
WITH
  wanted AS (SELECT unnest(from_json($runs, '["VARCHAR"]')) AS run_id),
  responses AS (
    SELECT
      run_id, least(response_ms, $timeout_ms) AS ms,
      row_number() OVER (ORDER BY run_id, intended_us, slot) - 1 AS place,
      count(*) OVER () AS n
    FROM request
    SEMI JOIN wanted USING (run_id)
    WHERE measured AND arm = $arm AND operation = $operation AND response_ms IS NOT NULL
  ),
  drawn AS (
    SELECT run_id, place, n, ln(greatest(0.001, ms)) AS log
    FROM responses
    WHERE place % greatest(1, n // $most) = 0
  )
SELECT list(log ORDER BY place) AS logs
FROM drawn
GROUP BY run_id, place * 60 // n
ORDER BY min(place);
