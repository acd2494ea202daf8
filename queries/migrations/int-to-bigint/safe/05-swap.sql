-- Puts the new column in the place of the old one.
-- Fix: SET NOT NULL believes the check and reads no row; all of it takes some milliseconds, under lock_timeout.
-- move: lock_timeout, one transaction
DROP TRIGGER quantity_in_step ON northwind.order_details;
DROP FUNCTION northwind.quantity_in_step();
ALTER TABLE northwind.order_details ALTER COLUMN quantity_wide SET NOT NULL;
ALTER TABLE northwind.order_details DROP CONSTRAINT quantity_wide_not_null;
ALTER TABLE northwind.order_details RENAME COLUMN quantity TO quantity_narrow;
ALTER TABLE northwind.order_details RENAME COLUMN quantity_wide TO quantity;
ALTER TABLE northwind.order_details DROP COLUMN quantity_narrow
