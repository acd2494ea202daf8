-- A service that many organizations share: who they are, their users, and what these do, by months. Keys,
-- constraints and indexes follow in files of their own, after the load.
--
-- An event's fixed-width columns stand first: no padding between them, and the ones asked for most are reached
-- without walking over texts.

CREATE SCHEMA events;

CREATE TABLE events.organizations (
  organization_id integer NOT NULL,
  name text NOT NULL,
  domain text NOT NULL,
  plan text NOT NULL,
  country text NOT NULL,
  locale text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE events.users (
  user_id integer NOT NULL,
  organization_id integer NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE events.events (
  event_id bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  session_id bigint NOT NULL,
  organization_id integer NOT NULL,
  user_id integer NOT NULL,
  event_type text NOT NULL,
  page_path text NOT NULL,
  properties jsonb NOT NULL,
  amount numeric(12, 2)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE events.events_2025_01 PARTITION OF events.events
  FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 00:00:00+00');
CREATE TABLE events.events_2025_02 PARTITION OF events.events
  FOR VALUES FROM ('2025-02-01 00:00:00+00') TO ('2025-03-01 00:00:00+00');
CREATE TABLE events.events_2025_03 PARTITION OF events.events
  FOR VALUES FROM ('2025-03-01 00:00:00+00') TO ('2025-04-01 00:00:00+00');
CREATE TABLE events.events_2025_04 PARTITION OF events.events
  FOR VALUES FROM ('2025-04-01 00:00:00+00') TO ('2025-05-01 00:00:00+00');
CREATE TABLE events.events_2025_05 PARTITION OF events.events
  FOR VALUES FROM ('2025-05-01 00:00:00+00') TO ('2025-06-01 00:00:00+00');
CREATE TABLE events.events_2025_06 PARTITION OF events.events
  FOR VALUES FROM ('2025-06-01 00:00:00+00') TO ('2025-07-01 00:00:00+00');
CREATE TABLE events.events_2025_07 PARTITION OF events.events
  FOR VALUES FROM ('2025-07-01 00:00:00+00') TO ('2025-08-01 00:00:00+00');
CREATE TABLE events.events_2025_08 PARTITION OF events.events
  FOR VALUES FROM ('2025-08-01 00:00:00+00') TO ('2025-09-01 00:00:00+00');
CREATE TABLE events.events_2025_09 PARTITION OF events.events
  FOR VALUES FROM ('2025-09-01 00:00:00+00') TO ('2025-10-01 00:00:00+00');
CREATE TABLE events.events_2025_10 PARTITION OF events.events
  FOR VALUES FROM ('2025-10-01 00:00:00+00') TO ('2025-11-01 00:00:00+00');
CREATE TABLE events.events_2025_11 PARTITION OF events.events
  FOR VALUES FROM ('2025-11-01 00:00:00+00') TO ('2025-12-01 00:00:00+00');
CREATE TABLE events.events_2025_12 PARTITION OF events.events
  FOR VALUES FROM ('2025-12-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');

-- What a benchmark records happens after the seeded year: the seeded partitions stay as they were loaded.
CREATE TABLE events.events_default PARTITION OF events.events DEFAULT;
