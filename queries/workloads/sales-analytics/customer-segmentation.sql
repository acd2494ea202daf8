-- What each segment's customers bought within a range of days.
-- :from_date date
-- :to_date date
SELECT
  g.segment_id, g.segment_name,
  count(m.customer_id) AS customers,
  count(s.customer_id) AS active_customers,
  coalesce(sum(s.orders), 0) AS orders,
  coalesce(sum(s.revenue), 0) AS revenue,
  coalesce(sum(s.profit), 0) AS profit,
  round(sum(s.revenue) / nullif(count(s.customer_id), 0), 2) AS revenue_per_active_customer
FROM northwind_sales.segments g
LEFT JOIN northwind_sales.customer_segments m ON m.segment_id = g.segment_id
LEFT JOIN (
  SELECT l.customer_id, count(DISTINCT l.order_id) AS orders, sum(l.revenue) AS revenue, sum(l.profit) AS profit
  FROM northwind_sales.order_lines l
  WHERE l.order_date BETWEEN :from_date AND :to_date
  GROUP BY l.customer_id
) s ON s.customer_id = m.customer_id
GROUP BY g.segment_id, g.segment_name
ORDER BY g.segment_id
