-- A second column of the wider type.
-- move: lock_timeout
ALTER TABLE northwind.order_details ADD COLUMN quantity_wide bigint
