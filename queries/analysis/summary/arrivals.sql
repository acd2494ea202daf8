-- How far the intervals of real dispatch stray from the intended ones after the warm-up, by arrival process; null where
-- there are too few. $constant says which streams have constant arrivals, as JSON.
--
-- distance: for Poisson arrivals the Kolmogorov-Smirnov distance, which is the largest difference of the cumulative
-- shares, taken at each interval that occurs, in microseconds.
-- deviation: constant arrivals have one interval, and any jitter around a point is a distance of a half. There it is
-- the mean of |woken - intended| over the intended interval, of which a millisecond counts at least.
-- What is sorted already needs no window with an order, which would hold all of it once more.
WITH
  streams AS (
    SELECT
      operation_id, stream, dense_rank() OVER (ORDER BY stream)::USMALLINT AS stream_id,
      list_contains(from_json($constant, '["VARCHAR"]'), stream) AS constant
    FROM operation
    WHERE run_id = $run
  ),
  poisson AS (
    SELECT intended_us, woke_us
    FROM timing
    JOIN (SELECT operation_id FROM streams WHERE NOT constant) USING (operation_id)
    WHERE run_id = $run AND attempt = 0 AND woke_us IS NOT NULL
      AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
  ),
  counted AS (
    SELECT us, sum(intended) AS intended, sum(woken) AS woken
    FROM (
      SELECT us, count(*) AS intended, 0 AS woken
      FROM (
        SELECT intended_us - lag(intended_us) OVER () AS us
        FROM (SELECT intended_us FROM poisson ORDER BY intended_us)
      )
      GROUP BY us
      UNION ALL
      SELECT us, 0, count(*)
      FROM (SELECT woke_us - lag(woke_us) OVER () AS us FROM (SELECT woke_us FROM poisson ORDER BY woke_us))
      GROUP BY us
    )
    WHERE us IS NOT NULL
    GROUP BY us
  ),
  cumulated AS (
    SELECT
      sum(intended) OVER (ORDER BY us) / sum(intended) OVER () AS intended,
      sum(woken) OVER (ORDER BY us) / sum(woken) OVER () AS woken
    FROM counted
  ),
  constant AS (
    SELECT stream_id, intended_us, woke_us
    FROM timing
    JOIN (SELECT operation_id, stream_id FROM streams WHERE constant) USING (operation_id)
    WHERE run_id = $run AND attempt = 0 AND woke_us IS NOT NULL
      AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
    ORDER BY stream_id, intended_us
  ),
  periods AS (
    SELECT
      stream_id = lag(stream_id) OVER () AS follows,
      intended_us - lag(intended_us) OVER () AS intended,
      woke_us - lag(woke_us) OVER () AS woken
    FROM constant
  )
SELECT
  (SELECT max(abs(intended - woken)) FROM cumulated) AS distance,
  (SELECT avg(abs(woken - intended) / greatest(intended, 1000.0)) FROM periods WHERE follows) AS deviation;
