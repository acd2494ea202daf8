-- What the active sessions of the database wait for at this moment; those that wait for nothing compute. PostgreSQL 14
-- and later.
SELECT
  'wait_events' AS metric,
  jsonb_build_object('type', coalesce(wait_event_type, 'CPU'), 'event', coalesce(wait_event, 'CPU')) AS labels,
  count(*)::float8 AS value
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND state = 'active'
  AND pid <> pg_backend_pid()
GROUP BY wait_event_type, wait_event
