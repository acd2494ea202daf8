-- Says that every order has a customer.
-- Risk: all rows are read under ACCESS EXCLUSIVE.
-- shows: wait AccessExclusiveLock northwind.orders
ALTER TABLE northwind.orders ALTER COLUMN customer_id SET NOT NULL
