-- Month by month, the newest first, what a country's customers ordered, how much of it was shipped, and what it brought.
-- Of the months as they were at the last refresh.
-- :country text
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT m.month, m.orders, m.shipped, m.revenue, m.cost, m.profit
FROM northwind_sales.sales_months m
WHERE m.dimension = 'country' AND m.key = :country
  AND m.month >= :from_month
  AND m.month < (:from_month + make_interval(months => :months))::date
ORDER BY m.month DESC
LIMIT :page_size OFFSET :skip
