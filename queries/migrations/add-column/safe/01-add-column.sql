-- The column alone: no row is written.
-- Risk: ACCESS EXCLUSIVE, for a millisecond; but whoever comes meanwhile queues behind it for as long as it waits.
-- Fix: a column without a default is a change of the catalogue alone, and lock_timeout ends the wait.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN changed_at timestamptz
