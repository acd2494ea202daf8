-- When clients went from one server to the other, and how long they were held for that, in order of time.
SELECT
  labels ->> '$.to' AS "to",
  (at_us - value * 1000)::BIGINT AS "startUs",
  at_us AS "endUs"
FROM sample
WHERE run_id = $run AND source = 'move' AND metric = 'pause_ms'
ORDER BY at_us;
