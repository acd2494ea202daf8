-- No order of 2027 or later comes in until the table is divided; no row is read.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD CONSTRAINT orders_to_2026 CHECK (order_date IS NOT NULL AND order_date < '2027-01-01')
  NOT VALID
