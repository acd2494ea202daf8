-- Month by month, the newest first, what a country's customers ordered, how much of it was shipped, and what it brought.
-- :country text
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  date_trunc('month', o.order_date::timestamp)::date AS month,
  count(DISTINCT o.order_id) AS orders,
  count(DISTINCT o.order_id) FILTER (WHERE o.shipped_date IS NOT NULL) AS shipped,
  sum(l.revenue) AS revenue,
  sum(l.cost) AS cost,
  sum(l.profit) AS profit
FROM northwind.customers c
JOIN northwind.orders o ON o.customer_id = c.customer_id
JOIN northwind_sales.order_lines l ON l.order_id = o.order_id
WHERE c.country = :country
  AND o.order_date >= :from_month
  AND o.order_date < (:from_month + make_interval(months => :months))::date
GROUP BY 1
ORDER BY 1 DESC
LIMIT :page_size OFFSET :skip
