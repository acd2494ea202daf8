-- A segment's customers who ordered in some months, those with most revenue first, and their value over their lifetime,
-- which is their profit up to the end of these months.
-- Of the months as they were at the last refresh.
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
    m.key,
    min(m.first_order_so_far) AS first_order,
    max(m.last_order) AS last_order,
    max(m.orders_so_far) AS orders,
    sum(m.revenue) AS revenue,
    -- Of the last of these months: profit may have fallen.
    (array_agg(m.profit_so_far ORDER BY m.month DESC))[1] AS lifetime_value
  FROM northwind_sales.customer_segments s
  JOIN northwind_sales.sales_months m ON m.dimension = 'customer' AND m.key = s.customer_id
  WHERE s.segment_id = :segment_id
    AND m.month >= :from_month
    AND m.month < (:from_month + make_interval(months => :months))::date
  GROUP BY m.key
) v
JOIN northwind.customers c ON c.customer_id = v.key
ORDER BY v.revenue DESC, c.customer_id
LIMIT :page_size OFFSET :skip
