-- Orders, revenue, cost and profit of each month within a range of days.
-- :from_date date
-- :to_date date
SELECT
  date_trunc('month', l.order_date::timestamp)::date AS month,
  count(DISTINCT l.order_id) AS orders,
  count(DISTINCT l.customer_id) AS customers,
  sum(l.revenue) AS revenue,
  sum(l.cost) AS cost,
  sum(l.profit) AS profit
FROM northwind_sales.order_lines l
WHERE l.order_date BETWEEN :from_date AND :to_date
GROUP BY 1
ORDER BY 1
