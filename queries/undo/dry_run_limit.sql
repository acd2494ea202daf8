-- What is run to be rolled back holds up others for as long as it waits for them: at most $1 ms, or less where the
-- session has a stricter limit. For this transaction.
SELECT pg_catalog.set_config('lock_timeout', CASE
  WHEN setting::bigint BETWEEN 1 AND $1::bigint THEN setting ELSE $1::text
END, true)
FROM pg_catalog.pg_settings
WHERE name = 'lock_timeout'
