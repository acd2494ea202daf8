-- What kept tiers up beside the load: each refresh of a view, each batch that was added to totals.

CREATE TABLE tier_refresh (
  run_id   VARCHAR NOT NULL,
  tier     VARCHAR NOT NULL,
  relation VARCHAR NOT NULL,
  kind     VARCHAR NOT NULL,
  began_us BIGINT NOT NULL,
  ended_us BIGINT NOT NULL,
  outcome  VARCHAR NOT NULL,
  error    VARCHAR
);
