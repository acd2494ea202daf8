-- Says that every order has a customer.
-- Risk: all rows are read under ACCESS EXCLUSIVE.
-- Fix: a check as NOT VALID, then VALIDATE; SET NOT NULL believes that and reads nothing: see safe/.
-- shows: wait AccessExclusiveLock northwind.orders
ALTER TABLE northwind.orders ALTER COLUMN customer_id SET NOT NULL
