-- An organization's newest events of one type within a time, each with its user.
-- :organization_id integer
-- :event_type text
-- :from_time timestamptz
-- :to_time timestamptz
-- :page_size integer
SELECT
  e.event_id, e.occurred_at, e.page_path, e.properties, e.amount,
  json_build_object('user_id', u.user_id, 'name', u.name, 'role', u.role) AS user
FROM events.events e
JOIN events.users u ON u.user_id = e.user_id
WHERE e.organization_id = :organization_id AND e.event_type = :event_type
  AND e.occurred_at >= :from_time AND e.occurred_at < :to_time
ORDER BY e.occurred_at DESC, e.event_id DESC
LIMIT :page_size
