-- What CONCURRENTLY needs to tell rows apart.
-- move: lock_timeout
CREATE UNIQUE INDEX order_lines_line ON northwind_sales.order_lines (order_id, product_id)
