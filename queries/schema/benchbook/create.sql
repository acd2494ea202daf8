-- Which data sets Benchbook has put into this database. A row stands here from before its schema exists until
-- after it is dropped, so that what was left half loaded is known as ours and as incomplete.
CREATE SCHEMA benchbook;

COMMENT ON SCHEMA benchbook IS 'Benchbook: which data sets it has loaded into this database';

CREATE TABLE benchbook.dataset (
  name text PRIMARY KEY,
  scale text NOT NULL,
  seed bigint NOT NULL,
  variation text NOT NULL DEFAULT '',
  generator text NOT NULL,
  status text NOT NULL CHECK (status IN ('loading', 'complete')),
  started_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  counts jsonb,
  tables jsonb,
  schemas text[],
  relations text[],
  row_count bigint,
  bytes bigint,
  hash text
);
