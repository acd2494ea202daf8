-- New rows have a customer from here on; no row is read.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT customer_id_not_null CHECK (customer_id IS NOT NULL) NOT VALID
