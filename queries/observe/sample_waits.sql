-- How many sessions of the database are active at this moment, and what they wait for; those that wait for nothing
-- compute. Of a run's own pools, which are told by their sessions' names, how many connections they have and how many of
-- them are in use. PostgreSQL 14 and later.
WITH sessions AS MATERIALIZED (
  SELECT state, wait_event_type, wait_event, application_name
  FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
),
active AS (
  SELECT coalesce(wait_event_type, 'CPU') AS type, coalesce(wait_event, 'CPU') AS event, count(*) AS n
  FROM sessions
  WHERE state = 'active'
  GROUP BY wait_event_type, wait_event
),
pools AS (
  SELECT jsonb_build_object('pool', split_part(application_name, ' ', 3)) AS labels,
    count(*) AS connections,
    count(*) FILTER (WHERE state <> 'idle') AS in_use
  FROM sessions
  WHERE application_name ~ '^benchbook [0-9-]+-[0-9a-z]+ (load|graphql)( |$)'
  GROUP BY 1
)
SELECT 'active_sessions' AS metric, '{}'::jsonb AS labels, coalesce(sum(n), 0)::float8 AS value FROM active
UNION ALL
SELECT 'wait_events', jsonb_build_object('type', type, 'event', event), n FROM active
UNION ALL
SELECT 'pool_connections', labels, connections FROM pools
UNION ALL
SELECT 'pool_in_use', labels, in_use FROM pools
