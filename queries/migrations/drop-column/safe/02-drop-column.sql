-- Drops the column, which nobody sees any more. The view goes, and the table takes its name back, by a change of its own when
-- no program asks for the region.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it. The values are gone for good.
-- Fix: no program reads the table's own column any more, and lock_timeout ends the wait.
-- move: lock_timeout
ALTER TABLE northwind.orders_kept DROP COLUMN ship_region
