-- The organizations in which anything happened within a time, the last seen first.
-- :from_time timestamptz
-- :to_time timestamptz
SELECT a.organization_id, a.name, a.last_seen
FROM events.active_organizations(:from_time, :to_time) a
