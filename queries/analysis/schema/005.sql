-- What is recorded of a migration: each statement with the locks that it took, waits with their blockers, and what became
-- of each write. These three tables were empty until now.

ALTER TABLE migration_step ADD COLUMN statement INTEGER;
ALTER TABLE migration_step ADD COLUMN file VARCHAR;
ALTER TABLE migration_step ADD COLUMN move VARCHAR;
ALTER TABLE migration_step ADD COLUMN batches INTEGER;
ALTER TABLE migration_step ADD COLUMN rows BIGINT;
ALTER TABLE migration_step ADD COLUMN paused_us BIGINT;
ALTER TABLE migration_step ADD COLUMN rewritten JSON;
ALTER TABLE migration_step ADD COLUMN error_code VARCHAR;

ALTER TABLE lock_event ADD COLUMN role VARCHAR;
ALTER TABLE lock_event ADD COLUMN blocker_role VARCHAR;
ALTER TABLE lock_event ADD COLUMN blocker_query VARCHAR;

ALTER TABLE ledger ADD COLUMN slot BIGINT;
ALTER TABLE ledger ADD COLUMN problem VARCHAR;

CREATE TABLE statement_lock (
  run_id    VARCHAR NOT NULL,
  step      INTEGER NOT NULL,
  statement INTEGER NOT NULL,
  relation  VARCHAR NOT NULL,
  mode      VARCHAR NOT NULL,
  at_us     BIGINT,
  held_us   BIGINT NOT NULL,
  waited_us BIGINT NOT NULL,
  blocked   INTEGER NOT NULL
);

CREATE TABLE checksum (
  run_id   VARCHAR NOT NULL,
  relation VARCHAR NOT NULL,
  moment   VARCHAR NOT NULL,
  from_key VARCHAR NOT NULL,
  to_key   VARCHAR NOT NULL,
  rows     BIGINT NOT NULL,
  sum      VARCHAR NOT NULL
);
