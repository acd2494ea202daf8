-- How far the intervals of real dispatch stray from the intended ones after the warm-up, by arrival process; null where
-- there are too few. $constant says which streams have constant arrivals, as JSON.
--
-- distance: for Poisson arrivals the Kolmogorov-Smirnov distance, which is the largest difference of the cumulative
-- shares, taken at each interval that occurs, in microseconds.
-- deviation: constant arrivals have one interval, and any jitter around a point is a distance of a half. There it is
-- the mean of |woken - intended| over the intended interval, of which a millisecond counts at least.
WITH
  dispatched AS (
    SELECT stream, intended_us, woke_us
    FROM request
    WHERE run_id = $run AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
      AND woke_us IS NOT NULL
  ),
  poisson AS (
    SELECT intended_us, woke_us FROM dispatched
    WHERE NOT list_contains(from_json($constant, '["VARCHAR"]'), stream)
  ),
  intervals AS (
    SELECT intended_us - lag(intended_us) OVER (ORDER BY intended_us) AS us, 1 AS intended, 0 AS woken
    FROM poisson
    UNION ALL
    SELECT woke_us - lag(woke_us) OVER (ORDER BY woke_us), 0, 1 FROM poisson
  ),
  counted AS (
    SELECT us, sum(intended) AS intended, sum(woken) AS woken FROM intervals WHERE us IS NOT NULL GROUP BY us
  ),
  cumulated AS (
    SELECT
      sum(intended) OVER (ORDER BY us) / sum(intended) OVER () AS intended,
      sum(woken) OVER (ORDER BY us) / sum(woken) OVER () AS woken
    FROM counted
  ),
  periods AS (
    SELECT
      intended_us - lag(intended_us) OVER one AS intended,
      woke_us - lag(woke_us) OVER one AS woken
    FROM dispatched
    WHERE list_contains(from_json($constant, '["VARCHAR"]'), stream)
    WINDOW one AS (PARTITION BY stream ORDER BY intended_us)
  )
SELECT
  (SELECT max(abs(intended - woken)) FROM cumulated) AS distance,
  (SELECT avg(abs(woken - intended) / greatest(intended, 1000.0)) FROM periods WHERE intended IS NOT NULL) AS deviation;
