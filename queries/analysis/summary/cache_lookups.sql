-- What an arm asked its cache, in order: the lookups of `parts` in 1024 of the keys. Keys are numbered; an entry is as
-- large as what arrived for it. A request that missed tells only what the database sent.
WITH lookup AS (
  SELECT coalesce(sent_us, intended_us)::DOUBLE AS at_us, key_hash, measured, bytes, cache
  FROM request
  WHERE run_id = $run AND arm = $arm AND key_hash IS NOT NULL AND key_hash % 1024 < $parts AND outcome = 'ok'::outcome
), entry AS (
  SELECT
    key_hash,
    row_number() OVER (ORDER BY key_hash) - 1 AS id,
    coalesce(max(bytes) FILTER (cache = 'hit'::cache_state), max(bytes), 0)::DOUBLE AS bytes
  FROM lookup
  GROUP BY key_hash
)
SELECT at_us, id::DOUBLE AS id, e.bytes, measured
FROM lookup JOIN entry e USING (key_hash)
ORDER BY at_us
