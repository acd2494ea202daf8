-- The column to be filled.
ALTER TABLE northwind.orders ADD COLUMN ship_region_code text
