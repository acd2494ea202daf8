-- Each arm's measured phases in bins: what steady state is told from. A phase of more than a second is cut into bins of
-- about one, none of which reaches over two blocks; of shorter ones so many neighbours are joined as answer ten
-- requests, or make a second. `p50` in milliseconds is infinite where it lies among the never served, and NULL without
-- a response;
-- `typical` is the same of times by their operation's median, so that it does not follow which operations were asked.
WITH
  -- Of the served: where an operation is hardly ever served, its median would be endless, and tell nothing apart.
  operations AS (
    SELECT arm, operation, quantile_disc(response_ms, 0.5) AS ms
    FROM request
    WHERE run_id = $run AND measured AND response_ms > 0 AND response_ms < 'infinity'
    GROUP BY ALL
  ),
  arms AS (
    SELECT arm, quantile_disc(response_ms, 0.5) AS ms
    FROM request
    WHERE run_id = $run AND measured AND response_ms > 0 AND response_ms < 'infinity'
    GROUP BY ALL
  ),
  per_phase AS (
    SELECT arm, median(n) AS n
    FROM (SELECT arm, phase_id, count(*) AS n FROM request WHERE run_id = $run AND measured GROUP BY ALL)
    GROUP BY ALL
  ),
  phases AS (
    SELECT
      phase_id, p.arm, start_us, end_us - start_us AS us,
      greatest(1, round((end_us - start_us) / 1e6))::BIGINT AS bins,
      row_number() OVER (PARTITION BY p.arm ORDER BY block) - 1 AS nth,
      -- By the median: the last phase of an interrupted run is cut short.
      greatest(
        1,
        least(round(1e6 / median(end_us - start_us) OVER (PARTITION BY p.arm)), ceil(10 / coalesce(a.n, 1)))
      )::BIGINT AS joined
    FROM phase p
    LEFT JOIN per_phase a USING (arm)
    WHERE run_id = $run AND measured AND end_us > start_us
  ),
  parts AS (SELECT *, unnest(range(bins)) AS bin FROM phases),
  bins AS (
    SELECT
      arm, nth // joined AS turn, bin, min(start_us + us * bin // bins) AS at_us, sum(us / bins / 1e6) AS seconds
    FROM parts
    GROUP BY ALL
  ),
  counted AS (
    SELECT
      p.arm, p.nth // p.joined AS turn, (r.intended_us - p.start_us) * p.bins // p.us AS bin,
      count(r.response_ms) AS responses,
      count(*) FILTER (r.outcome = 'ok') AS ok,
      count(*) FILTER (r.cache = 'hit') AS hits,
      count(r.cache) AS lookups,
      quantile_disc(r.response_ms, 0.5) AS p50,
      quantile_disc(r.response_ms / coalesce(o.ms, 1), 0.5) * any_value(coalesce(a.ms, 1)) AS typical
    FROM request r
    JOIN phases p USING (phase_id)
    LEFT JOIN operations o ON o.arm = p.arm AND o.operation = r.operation
    LEFT JOIN arms a ON a.arm = p.arm
    WHERE r.run_id = $run
    GROUP BY ALL
  )
SELECT
  b.arm,
  b.at_us AS "atUs",
  b.seconds,
  coalesce(c.responses, 0) AS responses, coalesce(c.ok, 0) AS ok,
  coalesce(c.hits, 0) AS hits, coalesce(c.lookups, 0) AS lookups,
  c.p50, c.typical
FROM bins b
LEFT JOIN counted c USING (arm, turn, bin)
ORDER BY b.arm, "atUs";
