-- Has it checked that all rows have one, without keeping anyone out, and then says so of the column.
-- Risk: SET NOT NULL by itself reads all rows under ACCESS EXCLUSIVE.
-- Fix: SET NOT NULL believes a valid check, and reads no row under its ACCESS EXCLUSIVE.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT changed_at_not_null CHECK (changed_at IS NOT NULL) NOT VALID;
ALTER TABLE northwind.orders VALIDATE CONSTRAINT changed_at_not_null;
ALTER TABLE northwind.orders ALTER COLUMN changed_at SET NOT NULL;
ALTER TABLE northwind.orders DROP CONSTRAINT changed_at_not_null
