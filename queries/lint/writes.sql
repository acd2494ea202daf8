-- What tables have had written to them so far, and when that was.
SELECT
  extract(epoch FROM clock_timestamp())::float8 AS at,
  coalesce(json_object_agg(format('%I.%I', schemaname, relname), n_tup_ins + n_tup_upd + n_tup_del), '{}') AS writes
FROM pg_stat_user_tables
