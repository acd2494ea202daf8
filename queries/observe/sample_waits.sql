-- How many sessions of the database are active at this moment, and what they wait for; those that wait for nothing
-- compute. PostgreSQL 14 and later.
WITH active AS (
  SELECT coalesce(wait_event_type, 'CPU') AS type, coalesce(wait_event, 'CPU') AS event, count(*) AS n
  FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND state = 'active'
    AND pid <> pg_backend_pid()
  GROUP BY wait_event_type, wait_event
)
SELECT 'active_sessions' AS metric, '{}'::jsonb AS labels, coalesce(sum(n), 0)::float8 AS value FROM active
UNION ALL
SELECT 'wait_events', jsonb_build_object('type', type, 'event', event), n FROM active
