-- The Kolmogorov-Smirnov distance between the intervals of intended and of real dispatch after the warm-up:
-- the largest difference of their cumulative shares, taken at each interval that occurs, in microseconds.
WITH
  dispatched AS (
    SELECT intended_us, woke_us FROM request WHERE run_id = $run AND phase <> 'warmup' AND woke_us IS NOT NULL
  ),
  intervals AS (
    SELECT intended_us - lag(intended_us) OVER (ORDER BY intended_us) AS us, 1 AS intended, 0 AS woken
    FROM dispatched
    UNION ALL
    SELECT woke_us - lag(woke_us) OVER (ORDER BY woke_us), 0, 1 FROM dispatched
  ),
  counted AS (
    SELECT us, sum(intended) AS intended, sum(woken) AS woken FROM intervals WHERE us IS NOT NULL GROUP BY us
  ),
  cumulated AS (
    SELECT
      sum(intended) OVER (ORDER BY us) / sum(intended) OVER () AS intended,
      sum(woken) OVER (ORDER BY us) / sum(woken) OVER () AS woken
    FROM counted
  )
SELECT max(abs(intended - woken)) AS distance FROM cumulated;
