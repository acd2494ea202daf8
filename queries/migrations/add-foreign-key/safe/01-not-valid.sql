-- New lines are tied to their orders from here on; no line is looked up.
-- move: lock_timeout
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders NOT VALID
