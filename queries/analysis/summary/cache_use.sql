-- What the caches of a run's arms did in measured requests: a row an arm with one. ages in µs; slowest_us: the longest load
-- that a request waited for, over the whole run, since an entry may be of before.
SELECT
  arm,
  count(*) FILTER (measured AND cache IS NOT NULL) AS lookups,
  count(*) FILTER (measured AND cache = 'hit'::cache_state) AS hits,
  count(*) FILTER (measured AND loaded) AS loads,
  count(age_us) FILTER (measured) AS aged,
  quantile_disc(age_us, 0.5) FILTER (measured)::DOUBLE AS p50_us,
  quantile_disc(age_us, 0.99) FILTER (measured)::DOUBLE AS p99_us,
  max(age_us) FILTER (measured)::DOUBLE AS max_us,
  max(done_us - sent_us) FILTER (loaded AND outcome = 'ok'::outcome)::DOUBLE AS slowest_us,
  quantile_disc(done_us - sent_us, 0.5) FILTER (loaded AND outcome = 'ok'::outcome)::DOUBLE AS load_us
FROM request
WHERE run_id = $run AND key_hash IS NOT NULL
GROUP BY arm
ORDER BY arm;
