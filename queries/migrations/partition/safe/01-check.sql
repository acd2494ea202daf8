-- No order of 2027 or later comes in until the table is divided; no row is read.
-- Risk: an order of 2027 is refused (23514) until the last step has run.
-- Fix: NOT VALID reads no row, so that ACCESS EXCLUSIVE is held for a millisecond.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT orders_to_2026 CHECK (order_date IS NOT NULL AND order_date < '2027-01-01')
  NOT VALID
