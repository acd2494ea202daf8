-- New lines are tied to their orders from here on; no line is looked up.
-- Risk: SHARE ROW EXCLUSIVE on both tables, for a millisecond, once it has it.
-- Fix: NOT VALID looks no row up, and lock_timeout ends the wait.
-- move: lock_timeout
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders NOT VALID
