-- Old lines are looked up beside those who write.
-- Risk: a line without an order ends it with error 23503; the constraint then stays NOT VALID.
-- Fix: VALIDATE takes SHARE UPDATE EXCLUSIVE here and ROW SHARE on the orders, and reads and writes go along with both.
-- move: lock_timeout
ALTER TABLE northwind.order_details VALIDATE CONSTRAINT fk_order_details_orders
