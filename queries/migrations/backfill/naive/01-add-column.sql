-- The column to be filled.
-- Risk: ACCESS EXCLUSIVE without lock_timeout: behind a long transaction, all who come after it wait too.
-- Fix: the same statement under lock_timeout: see safe/.
ALTER TABLE northwind.orders ADD COLUMN ship_region_code text
