-- New rows have a value from here on.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: a default that is set afterwards is for new rows alone: none is written anew.
-- move: lock_timeout
ALTER TABLE northwind.orders ALTER COLUMN changed_at SET DEFAULT clock_timestamp()
