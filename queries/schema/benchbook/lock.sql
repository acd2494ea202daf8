-- Takes Benchbook's advisory lock ($1, $2) of this database for as long as the session lasts, or says at once that
-- it is held; where $3 is set for as long as the transaction lasts: behind a pooler the next one may be another
-- session's.
SELECT CASE
  WHEN $3 THEN pg_try_advisory_xact_lock($1::integer, $2::integer)
  ELSE pg_try_advisory_lock($1::integer, $2::integer)
END AS locked
