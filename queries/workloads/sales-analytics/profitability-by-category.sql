-- What each category earned within a range of days, and what discounts took.
-- :from_date date
-- :to_date date
SELECT
  c.category_id, c.category_name,
  sum(l.quantity * l.unit_price) AS list_revenue,
  sum(l.quantity * l.unit_price - l.revenue) AS discounts,
  sum(l.revenue) AS revenue,
  sum(l.cost) AS cost,
  sum(l.profit) AS profit,
  round(100 * sum(l.profit) / nullif(sum(l.revenue), 0), 2) AS margin_percent
FROM northwind_sales.order_lines l
JOIN northwind.products p ON p.product_id = l.product_id
JOIN northwind.categories c ON c.category_id = p.category_id
WHERE l.order_date BETWEEN :from_date AND :to_date
GROUP BY c.category_id, c.category_name
ORDER BY c.category_id
