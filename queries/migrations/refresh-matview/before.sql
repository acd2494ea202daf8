-- Sales of each day, as a dashboard reads them.
CREATE MATERIALIZED VIEW northwind_sales.daily_sales AS
SELECT o.order_date, sum(d.quantity * d.unit_price * (1 - d.discount)) AS sales, count(DISTINCT o.order_id) AS orders
FROM northwind.orders o
JOIN northwind.order_details d USING (order_id)
GROUP BY o.order_date
