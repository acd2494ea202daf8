-- An organization's newest events, page by page; also its dashboard over any time, a bitmap of this index.
CREATE INDEX events_organization_newest ON events.events (organization_id, occurred_at DESC, event_id DESC);
-- One type of an organization's events over time: conversions, purchases.
CREATE INDEX events_organization_type_newest ON events.events (organization_id, event_type, occurred_at DESC);
-- What a user did last; besides, the referencing side of the foreign key to users.
CREATE INDEX events_user_newest ON events.events (user_id, occurred_at DESC, event_id DESC);
