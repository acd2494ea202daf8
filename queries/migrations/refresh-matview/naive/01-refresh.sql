-- Brings what reports read of each day's sales up to date.
-- Risk: ACCESS EXCLUSIVE on the view keeps its readers out until all order lines have been added up anew.
-- Fix: REFRESH … CONCURRENTLY, which a unique index makes possible: see safe/.
-- shows: wait AccessExclusiveLock northwind_sales.category_days | rewrite northwind_sales.category_days
REFRESH MATERIALIZED VIEW northwind_sales.category_days
