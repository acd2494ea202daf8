-- Drops the column, which nobody sees any more. The view goes, and the table takes its name back, by a change of its own when
-- no program asks for the region.
-- move: lock_timeout
ALTER TABLE northwind.orders_kept DROP COLUMN ship_region
