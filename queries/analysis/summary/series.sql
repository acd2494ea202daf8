-- Each arm's measured phases in bins: what steady state is told from. A phase of more than a second is cut into bins of
-- about one, none of which reaches over two blocks; of shorter ones so many neighbours are joined as answer ten
-- requests, or make a second. `p50` in milliseconds is infinite where it lies among the never served, and NULL without
-- a response;
-- `typical` is the same of times by their operation's median, so that it does not follow which operations were asked.
WITH
  phases AS (
    SELECT
      phase_id, arm, block, start_us, end_us - start_us AS us,
      greatest(1, round((end_us - start_us) / 1e6))::BIGINT AS bins,
      row_number() OVER (PARTITION BY arm ORDER BY block) - 1 AS nth,
      -- By the median: the last phase of an interrupted run is cut short.
      round(1e6 / median(end_us - start_us) OVER (PARTITION BY arm)) AS in_a_second
    FROM phase
    WHERE run_id = $run AND measured AND end_us > start_us
  ),
  arms AS (SELECT DISTINCT arm, dense_rank() OVER (ORDER BY arm)::USMALLINT AS arm_id FROM phases),
  -- Of the served: where an operation is hardly ever served, its median would be endless, and tell nothing apart. Times
  -- are whole microseconds, so there are far fewer of them than requests.
  served AS (
    SELECT arm_id, operation_id, response_us, count(*) AS n
    FROM slot
    JOIN (SELECT phase_id, arm_id FROM phase JOIN arms USING (arm) WHERE run_id = $run AND measured) USING (phase_id)
    WHERE run_id = $run
    GROUP BY ALL
    HAVING response_us > 0 AND response_us < 'infinity'
  ),
  operations AS (
    SELECT arm_id, operation_id, min(response_us) FILTER (upto >= (total + 1) // 2) / 1000.0 AS ms
    FROM (
      SELECT
        *,
        sum(n) OVER (PARTITION BY arm_id, operation_id ORDER BY response_us) AS upto,
        sum(n) OVER (PARTITION BY arm_id, operation_id) AS total
      FROM served
    )
    GROUP BY ALL
  ),
  typical AS (
    SELECT arm_id, min(response_us) FILTER (upto >= (total + 1) // 2) / 1000.0 AS ms
    FROM (
      SELECT
        *, sum(n) OVER (PARTITION BY arm_id ORDER BY response_us) AS upto, sum(n) OVER (PARTITION BY arm_id) AS total
      FROM (SELECT arm_id, response_us, sum(n) AS n FROM served GROUP BY ALL)
    )
    GROUP BY arm_id
  ),
  per_phase AS (
    SELECT arm, median(n) AS n
    FROM phase
    JOIN (SELECT phase_id, count(*) AS n FROM timing WHERE run_id = $run AND attempt = 0 GROUP BY phase_id) USING (phase_id)
    WHERE run_id = $run AND measured
    GROUP BY arm
  ),
  joined AS (
    SELECT p.*, greatest(1, least(in_a_second, ceil(10 / coalesce(a.n, 1))))::BIGINT AS joined
    FROM phases p
    LEFT JOIN per_phase a USING (arm)
  ),
  turns AS (
    SELECT *, dense_rank() OVER (ORDER BY arm, nth // joined)::UINTEGER AS turn FROM joined LEFT JOIN arms USING (arm)
  ),
  bins AS (
    SELECT arm, arm_id, turn, bin, min(start_us + us * bin // bins) AS at_us, sum(us / bins / 1e6) AS seconds
    FROM (SELECT *, unnest(range(bins)) AS bin FROM turns)
    GROUP BY ALL
  ),
  -- Each phase with each operation and its median: a small table, which every row is then looked up in.
  -- Medians come as one value: of a table DuckDB expects as many rows as there are requests, and looks it up in these.
  cells AS (
    SELECT
      t.phase_id, o.operation_id, t.turn, t.start_us, t.bins, t.us, coalesce(medians[[t.arm_id, o.operation_id]], 1) AS ms
    FROM turns t
    CROSS JOIN operation o
    CROSS JOIN (SELECT map(list([arm_id, operation_id]), list(ms)) AS medians FROM operations)
    WHERE o.run_id = $run
  ),
  counted AS (
    SELECT
      p.turn, (r.intended_us - p.start_us) * p.bins // p.us AS bin,
      count(r.response_us) AS responses,
      count(*) FILTER (r.outcome = 'ok'::outcome) AS ok,
      count(*) FILTER (r.cache = 'hit'::cache_state) AS hits,
      count(r.cache) AS lookups,
      quantile_disc(r.response_us, 0.5) / 1000.0 AS p50,
      quantile_disc(r.response_us / 1000.0 / p.ms, 0.5) AS typical
    FROM slot r
    JOIN cells p ON p.phase_id = r.phase_id AND p.operation_id = r.operation_id
    WHERE r.run_id = $run
    GROUP BY ALL
  )
SELECT
  b.arm,
  b.at_us AS "atUs",
  b.seconds,
  coalesce(c.responses, 0) AS responses, coalesce(c.ok, 0) AS ok,
  coalesce(c.hits, 0) AS hits, coalesce(c.lookups, 0) AS lookups,
  c.p50, c.typical * coalesce(t.ms, 1) AS typical
FROM bins b
LEFT JOIN counted c USING (turn, bin)
LEFT JOIN typical t ON t.arm_id = b.arm_id
ORDER BY b.arm, "atUs";
