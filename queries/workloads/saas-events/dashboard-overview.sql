-- An organization's numbers over a time: its dashboard.
-- :organization_id integer
-- :from_time timestamptz
-- :to_time timestamptz
SELECT
  d.events, d.page_views, d.clicks, d.conversions, d.sign_ups, d.purchases, d.revenue, d.sessions, d.active_users,
  d.conversion_rate
FROM events.dashboard_overview(:organization_id, :from_time, :to_time) d
