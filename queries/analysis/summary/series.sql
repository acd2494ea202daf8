-- Each arm's steady phases in bins of about a second: what steady state is told from. A longer phase is cut into bins,
-- none of which reaches over two blocks; so many neighbouring shorter ones as make a second are joined. `p50` in
-- milliseconds is infinite where it lies among the never served, and NULL without a response.
WITH
  phases AS (
    SELECT
      phase_id, arm, start_us, end_us - start_us AS us,
      greatest(1, round((end_us - start_us) / 1e6))::BIGINT AS bins,
      row_number() OVER (PARTITION BY arm ORDER BY block) - 1 AS nth,
      -- By the median: the last phase of an interrupted run is cut short.
      greatest(1, round(1e6 / median(end_us - start_us) OVER (PARTITION BY arm)))::BIGINT AS joined
    FROM phase
    WHERE run_id = $run AND name = 'steady' AND end_us > start_us
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
      quantile_disc(r.response_ms, 0.5) AS p50
    FROM request r
    JOIN phases p USING (phase_id)
    WHERE r.run_id = $run
    GROUP BY ALL
  )
SELECT
  b.arm,
  b.at_us AS "atUs",
  b.seconds,
  coalesce(c.responses, 0) AS responses, coalesce(c.ok, 0) AS ok,
  coalesce(c.hits, 0) AS hits, coalesce(c.lookups, 0) AS lookups,
  c.p50
FROM bins b
LEFT JOIN counted c USING (arm, turn, bin)
ORDER BY b.arm, "atUs";
