-- What older versions of the marker table lack.
ALTER TABLE benchbook.dataset
  ADD COLUMN IF NOT EXISTS variation text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS tables jsonb,
  ADD COLUMN IF NOT EXISTS schemas text[],
  ADD COLUMN IF NOT EXISTS objects jsonb;
