-- Ties each line to its order.
-- Risk: SHARE ROW EXCLUSIVE on both tables keeps everyone from writing either until all lines have been looked up.
-- Fix: the constraint as NOT VALID, which looks nothing up, and then VALIDATE, which keeps nobody out: see safe/.
-- shows: wait ShareRowExclusiveLock northwind.orders
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders
