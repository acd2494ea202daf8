-- Brings the order lines up to date beside those who read them.
-- Fix: EXCLUSIVE keeps out other refreshes alone; the new lines are compared with the old ones, and those that differ are
-- written. It takes longer.
-- move: lock_timeout
REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.order_lines
