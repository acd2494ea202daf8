-- Puts it in the place of the view. What was written since it was built comes with the next refresh: see refresh-matview.
-- Risk: ACCESS EXCLUSIVE on the view that is dropped.
-- Fix: only names change, which takes a millisecond once the lock is there; whoever waits then finds the new one by its name.
-- move: lock_timeout, one transaction
DROP VIEW northwind_sales.order_lines;
ALTER MATERIALIZED VIEW northwind_sales.order_lines_kept RENAME TO order_lines
