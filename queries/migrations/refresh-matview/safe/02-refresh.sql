-- Brings the sales of each day up to date beside those who read them.
-- Fix: EXCLUSIVE keeps out other refreshes alone; only rows that have changed are written.
-- move: lock_timeout
REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.daily_sales
