-- The column alone: no row is written.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN changed_at timestamptz
