-- Which data sets Benchbook has put into this database. A row stands here from before its schema exists until
-- after it is dropped, so that what was left half loaded is known as ours and as incomplete.
CREATE SCHEMA benchbook;

COMMENT ON SCHEMA benchbook IS 'Benchbook: which data sets it has loaded into this database';

CREATE TABLE benchbook.dataset (
  name text CONSTRAINT dataset_pkey PRIMARY KEY,
  scale text NOT NULL,
  seed bigint NOT NULL,
  variation text NOT NULL DEFAULT '',
  generator text NOT NULL,
  status text NOT NULL CONSTRAINT dataset_status_check CHECK (status IN ('loading', 'complete')),
  started_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  counts jsonb,
  tables jsonb,
  schemas text[],
  objects jsonb,
  row_count bigint,
  bytes bigint,
  hash text
);
