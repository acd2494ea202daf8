-- What caches told of their loads over a whole run: how many nobody waited for, and the longest whose answer was stored, µs.
SELECT
  labels ->> '$.arm' AS arm,
  coalesce(sum(value) FILTER (WHERE metric = $background), 0)::DOUBLE AS background,
  1000 * max(value) FILTER (WHERE metric = $slowest) AS slowest_us
FROM sample
WHERE run_id = $run AND metric IN ($background, $slowest)
GROUP BY arm
