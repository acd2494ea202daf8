-- Brings the order lines that reports read up to date.
-- Risk: ACCESS EXCLUSIVE on the view keeps its readers out until all lines have been worked out anew.
-- shows: wait AccessExclusiveLock northwind_sales.order_lines | rewrite northwind_sales.order_lines
REFRESH MATERIALIZED VIEW northwind_sales.order_lines
