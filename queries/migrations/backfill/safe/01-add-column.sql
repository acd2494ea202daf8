-- The column to be filled.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: lock_timeout ends the wait, and nobody queues behind it for long.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN ship_region_code text
