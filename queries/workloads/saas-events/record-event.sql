-- Records what a user does. The key is reserved for the request, so that it can be undone.
-- :event_id bigint
-- :user_id integer
-- :session_id bigint
-- :occurred_at timestamptz
-- :event_type text
-- :page_path text
-- :device text
SELECT e.event_id, e.organization_id, e.user_id, e.event_type, e.occurred_at
FROM events.record_event(
  :event_id, :user_id, :event_type, :occurred_at, :session_id, :page_path, jsonb_build_object('device', :device)
) e
