-- New rows have a value from here on.
-- move: lock_timeout
ALTER TABLE northwind.orders ALTER COLUMN changed_at SET DEFAULT clock_timestamp()
