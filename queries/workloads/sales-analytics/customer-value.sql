-- A segment's customers who ordered in some months, those with most revenue first, and their value over their lifetime,
-- which is their profit up to the end of these months.
-- :segment_id integer
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  c.customer_id, c.company_name, c.country,
  v.first_order, v.last_order, v.orders, v.revenue, v.lifetime_value,
  round(v.lifetime_value / v.orders, 2) AS value_per_order
FROM (
  SELECT
    l.customer_id,
    min(l.order_date) AS first_order,
    max(l.order_date) AS last_order,
    count(DISTINCT l.order_id) AS orders,
    sum(l.revenue) FILTER (WHERE l.order_date >= :from_month) AS revenue,
    sum(l.profit) AS lifetime_value
  FROM northwind_sales.customer_segments m
  JOIN northwind_sales.order_lines l ON l.customer_id = m.customer_id
  WHERE m.segment_id = :segment_id
    AND l.order_date < (:from_month + make_interval(months => :months))::date
  GROUP BY l.customer_id
  HAVING max(l.order_date) >= :from_month
) v
JOIN northwind.customers c ON c.customer_id = v.customer_id
ORDER BY v.revenue DESC, c.customer_id
LIMIT :page_size OFFSET :skip
