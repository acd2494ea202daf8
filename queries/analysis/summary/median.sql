-- The median of what requests took in all arms' measured phases, milliseconds, without the generator's own lag: a
-- generator that is late must not be excused by the lateness it caused.
WITH
  counted AS (
    SELECT response_us - coalesce(lag_us, 0) AS us, count(*) AS n
    FROM slot
    JOIN (SELECT phase_id FROM phase WHERE run_id = $run AND measured) USING (phase_id)
    WHERE run_id = $run AND response_us IS NOT NULL
    GROUP BY us
  )
SELECT nullif(min(us), 'infinity') / 1000.0 AS p50
FROM (SELECT us, sum(n) OVER (ORDER BY us) AS upto, sum(n) OVER () AS total FROM counted)
WHERE upto >= (total + 1) // 2;
