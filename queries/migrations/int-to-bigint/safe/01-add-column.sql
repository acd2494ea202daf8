-- A second column of the wider type.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: a column without a default is a change of the catalogue alone, and lock_timeout ends the wait.
-- move: lock_timeout
ALTER TABLE northwind.order_details ADD COLUMN quantity_wide bigint
