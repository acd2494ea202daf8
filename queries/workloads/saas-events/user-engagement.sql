-- The most active users of an organization within a time.
-- :organization_id integer
-- :from_time timestamptz
-- :to_time timestamptz
-- :most integer
SELECT u.user_id, u.name, u.events, u.sessions, u.last_seen
FROM events.user_engagement(:organization_id, :from_time, :to_time, :most) u
