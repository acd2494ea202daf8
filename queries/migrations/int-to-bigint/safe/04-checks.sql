-- Says of the new column what holds for the old one, and has it checked without keeping anyone out.
-- Risk: a check or a NOT NULL that is added by itself reads all rows under a lock that keeps others out.
-- Fix: NOT VALID binds new rows at once; VALIDATE reads the old ones under SHARE UPDATE EXCLUSIVE.
-- move: lock_timeout
ALTER TABLE northwind.order_details
  ADD CONSTRAINT quantity_wide_not_null CHECK (quantity_wide IS NOT NULL) NOT VALID,
  ADD CONSTRAINT ck_order_details_quantity_wide CHECK (quantity_wide > 0) NOT VALID;
ALTER TABLE northwind.order_details VALIDATE CONSTRAINT quantity_wide_not_null;
ALTER TABLE northwind.order_details VALIDATE CONSTRAINT ck_order_details_quantity_wide
