-- What the data are like, in one row: the columns that the data set's checks expect. All events are read once
-- into groups by organization and by hour, of which the rest is made. Only the purchases are looked up again: to
-- carry their amounts along in groups costs more.
WITH groups AS MATERIALIZED (
  SELECT
    organization_id,
    hour,
    count(*) AS events,
    count(*) FILTER (WHERE event_type = 'page_view') AS page_views,
    count(*) FILTER (WHERE event_type = 'click') AS clicks,
    count(*) FILTER (WHERE event_type = 'conversion') AS conversions,
    count(*) FILTER (WHERE event_type = 'sign_up') AS sign_ups,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    count(*) FILTER (WHERE home IS DISTINCT FROM organization_id) AS of_strangers,
    count(*) FILTER (WHERE occurred_at < joined) AS before_joining
  FROM (
    SELECT
      e.organization_id, e.occurred_at, e.event_type,
      date_bin('1 hour', e.occurred_at, timestamptz '2025-01-01 00:00:00+00') AS hour,
      u.organization_id AS home,
      u.created_at AS joined
    FROM events.events e
    LEFT JOIN events.users u ON u.user_id = e.user_id
    -- Kept apart: the planner would else take hours for as many as there are moments, and sort all events.
    OFFSET 0
  ) done
  GROUP BY GROUPING SETS ((organization_id), (hour))
), hours AS (
  SELECT *, hour AT TIME ZONE 'UTC' AS utc FROM groups WHERE hour IS NOT NULL
), of_tenants AS (
  SELECT
    max(events) AS largest,
    sum(events) FILTER (WHERE rank <= ceil((SELECT count(*) FROM events.organizations) / 10.0)) AS top
  FROM (
    SELECT events, row_number() OVER (ORDER BY events DESC) AS rank
    FROM groups WHERE organization_id IS NOT NULL
  ) ranked
), busiest AS (
  SELECT max(events) AS events
  FROM (SELECT sum(events) AS events FROM hours GROUP BY extract(hour FROM utc)) by_hour
), of_events AS (
  SELECT
    sum(events) AS events,
    sum(page_views) AS page_views,
    sum(clicks) AS clicks,
    sum(conversions) AS conversions,
    sum(sign_ups) AS sign_ups,
    sum(purchases) AS purchases,
    sum(of_strangers) AS of_strangers,
    sum(before_joining) AS before_joining,
    sum(events) FILTER (WHERE extract(isodow FROM utc) >= 6) AS weekend,
    sum(events) FILTER (WHERE extract(month FROM utc) = 12) AS last_month,
    sum(events) FILTER (WHERE extract(month FROM utc) IN (1, 12)) AS outer_months
  FROM hours
), of_users AS (
  SELECT
    sum(invited) AS invited,
    sum(viewers) AS viewers,
    sum(early) AS before_organization,
    count(*) FILTER (WHERE owners <> 1) AS without_owner
  FROM (
    SELECT
      count(*) FILTER (WHERE u.role <> 'owner') AS invited,
      count(*) FILTER (WHERE u.role = 'viewer') AS viewers,
      count(*) FILTER (WHERE u.role = 'owner') AS owners,
      count(*) FILTER (WHERE u.created_at < o.created_at) AS early
    FROM events.organizations o
    LEFT JOIN events.users u ON u.organization_id = o.organization_id
    GROUP BY o.organization_id
  ) each
)
SELECT
  coalesce(e.page_views / nullif(e.events, 0), 0)::float8 AS page_view_share,
  coalesce(e.clicks / nullif(e.events, 0), 0)::float8 AS click_share,
  coalesce(e.conversions / nullif(e.events, 0), 0)::float8 AS conversion_share,
  coalesce(e.sign_ups / nullif(e.events, 0), 0)::float8 AS sign_up_share,
  coalesce(e.purchases / nullif(e.events, 0), 0)::float8 AS purchase_share,
  coalesce(t.largest / nullif(e.events, 0), 0)::float8 AS largest_tenant,
  coalesce(t.top / nullif(e.events, 0), 0)::float8 AS top_tenants,
  coalesce(e.weekend / nullif(e.events, 0), 0)::float8 AS weekend_share,
  coalesce(b.events / nullif(e.events, 0), 0)::float8 AS busiest_hour,
  coalesce(e.last_month / nullif(e.outer_months, 0), 0)::float8 AS last_month,
  coalesce((
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM events.events WHERE amount IS NOT NULL
  ), 0)::float8 AS purchase_median,
  coalesce(u.viewers / nullif(u.invited, 0), 0)::float8 AS viewers,
  u.without_owner::float8 AS organizations_without_owner,
  u.before_organization::float8 AS users_before_organization,
  coalesce(e.before_joining, 0)::float8 AS events_before_joining,
  coalesce(e.of_strangers, 0)::float8 AS events_of_strangers
FROM of_events e, of_tenants t, busiest b, of_users u;
