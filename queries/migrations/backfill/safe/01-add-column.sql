-- The column to be filled.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN ship_region_code text
