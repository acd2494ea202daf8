-- Keys first: foreign keys are checked through the keys' indexes. The checks of a table stand in one statement,
-- which reads its rows once for all of them.

ALTER TABLE events.organizations ADD CONSTRAINT pk_organizations PRIMARY KEY (organization_id);
ALTER TABLE events.organizations ADD CONSTRAINT uq_organizations_domain UNIQUE (domain);
ALTER TABLE events.users ADD CONSTRAINT pk_users PRIMARY KEY (user_id);
ALTER TABLE events.users ADD CONSTRAINT uq_users_email UNIQUE (email);
-- What an event refers to, so that its user cannot be another organization's; it also lists an
-- organization's users.
ALTER TABLE events.users ADD CONSTRAINT uq_users_organization UNIQUE (organization_id, user_id);
-- A key of a partitioned table holds what the partitions are made by.
ALTER TABLE events.events ADD CONSTRAINT pk_events PRIMARY KEY (event_id, occurred_at);

ALTER TABLE events.organizations
  ADD CONSTRAINT ck_organizations_plan CHECK (plan IN ('free', 'starter', 'business', 'enterprise'));
ALTER TABLE events.users
  ADD CONSTRAINT ck_users_role CHECK (role IN ('owner', 'admin', 'member', 'viewer'));
ALTER TABLE events.events
  ADD CONSTRAINT ck_events_type
    CHECK (event_type IN ('page_view', 'click', 'conversion', 'sign_up', 'purchase')),
  ADD CONSTRAINT ck_events_amount CHECK ((event_type = 'purchase') = (amount IS NOT NULL) AND amount > 0);

ALTER TABLE events.users
  ADD CONSTRAINT fk_users_organizations FOREIGN KEY (organization_id) REFERENCES events.organizations;
ALTER TABLE events.events
  ADD CONSTRAINT fk_events_organizations FOREIGN KEY (organization_id) REFERENCES events.organizations;
ALTER TABLE events.events
  ADD CONSTRAINT fk_events_users
    FOREIGN KEY (organization_id, user_id) REFERENCES events.users (organization_id, user_id);
