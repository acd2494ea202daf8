-- New rows have a customer from here on; no row is read.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: NOT VALID reads no row, and lock_timeout ends the wait.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT customer_id_not_null CHECK (customer_id IS NOT NULL) NOT VALID
