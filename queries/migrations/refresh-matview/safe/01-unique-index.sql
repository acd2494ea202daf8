-- What CONCURRENTLY needs to tell rows apart.
-- move: lock_timeout
CREATE UNIQUE INDEX daily_sales_order_date ON northwind_sales.daily_sales (order_date)
