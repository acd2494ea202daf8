-- What each category earned within a range of days.
-- :from_date date
-- :to_date date
SELECT c.category_id, c.category_name, c.list_revenue, c.discounts, c.revenue, c.cost, c.profit
FROM northwind_sales.profitability_by_category(:from_date, :to_date) c
ORDER BY c.category_id
