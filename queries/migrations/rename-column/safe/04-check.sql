-- Says of the new name what holds for the old one. Both names work from here on; the old one is dropped by a change of its own
-- when nobody asks for it any more: see drop-column.
-- Risk: a check that is added by itself reads all rows under ACCESS EXCLUSIVE.
-- Fix: NOT VALID binds new rows at once; VALIDATE reads the old ones under SHARE UPDATE EXCLUSIVE.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT ck_orders_freight_amount CHECK (freight_amount >= 0) NOT VALID;
ALTER TABLE northwind.orders VALIDATE CONSTRAINT ck_orders_freight_amount
