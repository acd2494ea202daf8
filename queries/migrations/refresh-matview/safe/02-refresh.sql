-- Brings each day's sales up to date beside those who read them.
-- Risk: it works out all rows and compares them with those that are there: more work than the naive form.
-- Fix: EXCLUSIVE keeps out other refreshes alone; the new rows are compared with the old ones, and those that differ are
-- written. It takes as much longer as the view is large.
-- move: lock_timeout
REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.category_days
