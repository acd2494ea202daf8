-- The share of an organization's sessions within a time that converted.
-- :organization_id integer
-- :from_time timestamptz
-- :to_time timestamptz
SELECT d.sessions, d.conversions, d.conversion_rate
FROM events.dashboard_overview(:organization_id, :from_time, :to_time) d
