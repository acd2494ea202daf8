-- What a dashboard asks, each over the time from `from_time` to just before `to_time`. All read through the
-- index by organization and time, or by user and time.

CREATE TYPE events.overview AS (
  events bigint,
  page_views bigint,
  clicks bigint,
  conversions bigint,
  sign_ups bigint,
  purchases bigint,
  revenue numeric,
  sessions bigint,
  active_users bigint,
  conversion_rate numeric
);

CREATE TYPE events.activity AS (
  day date,
  events bigint,
  active_users bigint,
  conversions bigint,
  revenue numeric
);

CREATE TYPE events.organization_activity AS (
  organization_id integer,
  name text,
  last_seen timestamptz
);

CREATE TYPE events.engagement AS (
  user_id integer,
  name text,
  events bigint,
  sessions bigint,
  last_seen timestamptz
);

CREATE FUNCTION events.dashboard_overview(organization_id integer, from_time timestamptz, to_time timestamptz)
RETURNS events.overview
LANGUAGE sql STABLE
AS $$
  SELECT
    count(*),
    count(*) FILTER (WHERE e.event_type = 'page_view'),
    count(*) FILTER (WHERE e.event_type = 'click'),
    count(*) FILTER (WHERE e.event_type = 'conversion'),
    count(*) FILTER (WHERE e.event_type = 'sign_up'),
    count(*) FILTER (WHERE e.event_type = 'purchase'),
    coalesce(sum(e.amount), 0),
    count(DISTINCT e.session_id),
    count(DISTINCT e.user_id),
    round(
      count(DISTINCT e.session_id) FILTER (WHERE e.event_type = 'conversion')::numeric
        / nullif(count(DISTINCT e.session_id), 0),
      4
    )
  FROM events.events e
  WHERE e.organization_id = dashboard_overview.organization_id
    AND e.occurred_at >= from_time AND e.occurred_at < to_time
$$;
COMMENT ON FUNCTION events.dashboard_overview(integer, timestamptz, timestamptz)
  IS 'An organization''s numbers over a time. The conversion rate is the share of sessions with a conversion.';

CREATE FUNCTION events.activity_by_day(organization_id integer, from_time timestamptz, to_time timestamptz)
RETURNS SETOF events.activity
LANGUAGE sql STABLE
AS $$
  SELECT
    (e.occurred_at AT TIME ZONE 'UTC')::date AS day,
    count(*),
    count(DISTINCT e.user_id),
    count(*) FILTER (WHERE e.event_type = 'conversion'),
    coalesce(sum(e.amount), 0)
  FROM events.events e
  WHERE e.organization_id = activity_by_day.organization_id
    AND e.occurred_at >= from_time AND e.occurred_at < to_time
  GROUP BY 1
  ORDER BY 1
$$;
COMMENT ON FUNCTION events.activity_by_day(integer, timestamptz, timestamptz)
  IS 'An organization''s days (UTC) on which anything happened, in order.';

-- The last event of each organization is one step in the index: however many events there are, this costs no
-- more than there are organizations.
CREATE FUNCTION events.active_organizations(from_time timestamptz, to_time timestamptz)
RETURNS SETOF events.organization_activity
LANGUAGE sql STABLE
AS $$
  SELECT o.organization_id, o.name, e.occurred_at
  FROM events.organizations o
  CROSS JOIN LATERAL (
    SELECT last.occurred_at
    FROM events.events last
    WHERE last.organization_id = o.organization_id
      AND last.occurred_at >= from_time AND last.occurred_at < to_time
    ORDER BY last.occurred_at DESC
    LIMIT 1
  ) e
  ORDER BY e.occurred_at DESC, o.organization_id
$$;
COMMENT ON FUNCTION events.active_organizations(timestamptz, timestamptz)
  IS 'The organizations in which anything happened, the last seen first.';

CREATE FUNCTION events.user_engagement(
  organization_id integer,
  from_time timestamptz,
  to_time timestamptz,
  most integer
) RETURNS SETOF events.engagement
LANGUAGE sql STABLE
AS $$
  SELECT u.user_id, u.name, e.events, e.sessions, e.last_seen
  FROM (
    SELECT user_id, count(*) AS events, count(DISTINCT session_id) AS sessions, max(occurred_at) AS last_seen
    FROM events.events done
    WHERE done.organization_id = user_engagement.organization_id
      AND done.occurred_at >= from_time AND done.occurred_at < to_time
    GROUP BY user_id
    ORDER BY events DESC, user_id
    LIMIT most
  ) e
  JOIN events.users u ON u.user_id = e.user_id
  ORDER BY e.events DESC, u.user_id
$$;
COMMENT ON FUNCTION events.user_engagement(integer, timestamptz, timestamptz, integer)
  IS 'The most active users of an organization.';

-- Records what a user does, for the user's own organization.
--
-- The caller chooses the event's key. In a benchmark every request then has a key that is known before it is
-- sent, so that what it wrote can be read back, compared and removed.
CREATE FUNCTION events.record_event(
  event_id bigint,
  user_id integer,
  event_type text,
  occurred_at timestamptz,
  session_id bigint,
  page_path text,
  properties jsonb DEFAULT '{}',
  amount numeric DEFAULT NULL
) RETURNS events.events
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  recorded events.events;
BEGIN
  INSERT INTO events.events (
    event_id, occurred_at, session_id, organization_id, user_id, event_type, page_path, properties, amount
  )
  SELECT
    record_event.event_id, record_event.occurred_at, record_event.session_id, u.organization_id, u.user_id,
    record_event.event_type, record_event.page_path, record_event.properties, record_event.amount
  FROM events.users u
  WHERE u.user_id = record_event.user_id
  RETURNING * INTO recorded;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Cannot record event %: user % does not exist', record_event.event_id, record_event.user_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN recorded;
END
$$;

-- PostGraphile's mutation then answers `recordEvent.event` instead of `recordEvent.result`.
COMMENT ON FUNCTION events.record_event(
  bigint, integer, text, timestamptz, bigint, text, jsonb, numeric
) IS E'@resultFieldName event\nRecords what a user does, for the user''s own organization.';

-- By PostGraphile's rules these would be `organizationUser` and `eventsByOrganizationIdAndUserId`: a key of two
-- columns has no name of its own.
COMMENT ON CONSTRAINT fk_events_users ON events.events IS E'@fieldName user\n@foreignFieldName events';
