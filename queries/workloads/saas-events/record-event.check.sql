-- What a recorded event left behind, without its key: it must be the same whatever path recorded it.
-- :event_id bigint
SELECT
  e.occurred_at, e.session_id, e.organization_id, e.user_id, e.event_type, e.page_path, e.properties, e.amount
FROM events.events e
WHERE e.event_id = :event_id
