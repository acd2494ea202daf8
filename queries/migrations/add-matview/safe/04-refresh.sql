-- Takes in what was written while it was built.
-- move: lock_timeout
REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.order_lines
