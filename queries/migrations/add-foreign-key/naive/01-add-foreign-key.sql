-- Ties each line to its order.
-- Risk: SHARE ROW EXCLUSIVE on both tables keeps everyone from writing either until all lines have been looked up.
-- shows: wait ShareRowExclusiveLock northwind.orders
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders
