-- Rows that this session has inserted, updated or deleted, of any table and by whatever means: cascades, triggers and
-- functions too. Only differences within a transaction mean something. NULL where the server does not count.
SELECT CASE WHEN pg_catalog.current_setting('track_counts') = 'on'
  THEN coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::float8 END AS rows
FROM pg_catalog.pg_stat_xact_user_tables
WHERE schemaname !~ '^pg_(toast_)?temp_'
