-- Each arm's steady phases in bins of about a second, none of which reaches over two blocks: what steady state is
-- told from. `p50` in milliseconds is infinite where it lies among the never served, and NULL without a response.
WITH
  bins AS (
    SELECT *, unnest(range(bins)) AS bin
    FROM (
      SELECT
        phase_id, arm, start_us, end_us - start_us AS us,
        greatest(1, round((end_us - start_us) / 1e6))::BIGINT AS bins
      FROM phase
      WHERE run_id = $run AND name = 'steady' AND end_us > start_us
    )
  ),
  counted AS (
    SELECT
      b.phase_id, (r.intended_us - b.start_us) * b.bins // b.us AS bin,
      count(r.response_ms) AS responses,
      count(*) FILTER (r.outcome = 'ok') AS ok,
      count(*) FILTER (r.cache = 'hit') AS hits,
      count(r.cache) AS lookups,
      quantile_disc(r.response_ms, 0.5) AS p50
    FROM request r
    JOIN (SELECT DISTINCT phase_id, start_us, us, bins FROM bins) b USING (phase_id)
    WHERE r.run_id = $run
    GROUP BY ALL
  )
SELECT
  b.arm,
  b.start_us + b.us * b.bin // b.bins AS "atUs",
  b.us / b.bins / 1e6 AS seconds,
  coalesce(c.responses, 0) AS responses, coalesce(c.ok, 0) AS ok,
  coalesce(c.hits, 0) AS hits, coalesce(c.lookups, 0) AS lookups,
  c.p50
FROM bins b
LEFT JOIN counted c USING (phase_id, bin)
ORDER BY b.arm, "atUs";
