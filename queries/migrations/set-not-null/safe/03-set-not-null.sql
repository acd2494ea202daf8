-- The column says it, which believes the check and reads no row; the check is not needed any more.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: a valid check spares the reading of all rows.
-- move: lock_timeout, one transaction
ALTER TABLE northwind.orders ALTER COLUMN customer_id SET NOT NULL;
ALTER TABLE northwind.orders DROP CONSTRAINT customer_id_not_null
