-- Brings the view up to date beside those who read it.
REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.sales_months
