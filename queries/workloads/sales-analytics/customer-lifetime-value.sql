-- A country's customers with the highest lifetime value, which is their profit up to a day.
-- :country text
-- :until date
-- :page_size integer
SELECT
  c.customer_id, c.company_name, g.segment_name,
  v.first_order, v.last_order, v.orders, v.revenue,
  v.profit AS lifetime_value,
  round(v.revenue / v.orders, 2) AS average_order_value,
  -- Of the first year no more is known than it has brought.
  round(v.profit / greatest(1, (:until - v.first_order + 1) / 365.25), 2) AS value_per_year
FROM (
  SELECT
    l.customer_id,
    min(l.order_date) AS first_order,
    max(l.order_date) AS last_order,
    count(DISTINCT l.order_id) AS orders,
    sum(l.revenue) AS revenue,
    sum(l.profit) AS profit
  FROM northwind.customers c
  JOIN northwind_sales.order_lines l ON l.customer_id = c.customer_id
  WHERE c.country = :country AND l.order_date <= :until
  GROUP BY l.customer_id
  ORDER BY sum(l.profit) DESC, l.customer_id
  LIMIT :page_size
) v
JOIN northwind.customers c ON c.customer_id = v.customer_id
JOIN northwind_sales.customer_segments m ON m.customer_id = c.customer_id
JOIN northwind_sales.segments g ON g.segment_id = m.segment_id
ORDER BY v.profit DESC, c.customer_id
