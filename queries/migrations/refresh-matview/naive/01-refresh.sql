-- Brings the sales of each day up to date.
-- Risk: ACCESS EXCLUSIVE on the view keeps its readers out until all orders have been added up.
-- shows: wait AccessExclusiveLock northwind_sales.daily_sales
REFRESH MATERIALIZED VIEW northwind_sales.daily_sales
