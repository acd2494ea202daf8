-- A segment's customers who ordered in some months, those with most revenue first, and their value over their lifetime,
-- which is their profit up to the end of these months.
-- From totals that writers, or batches, keep.
-- :segment_id integer
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  c.customer_id, c.company_name, c.country,
  d.first_order, d.last_order, v.orders, v.revenue, v.lifetime_value,
  round(v.lifetime_value / v.orders, 2) AS value_per_order
FROM (
  SELECT
    m.key,
    sum(m.orders)::bigint AS orders,
    sum(m.revenue) FILTER (WHERE m.month >= :from_month) AS revenue,
    CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END AS lifetime_value
  FROM northwind_sales.customer_segments s
  JOIN northwind_sales.month_totals m ON m.dimension = 'customer' AND m.key = s.customer_id
  WHERE s.segment_id = :segment_id
    AND m.month < (:from_month + make_interval(months => :months))::date
  GROUP BY m.key
  HAVING sum(m.orders) FILTER (WHERE m.month >= :from_month) > 0
  ORDER BY revenue DESC, m.key
  LIMIT :page_size OFFSET :skip
) v
JOIN northwind.customers c ON c.customer_id = v.key
-- Sums can lose an order again, a first date cannot: it is looked up for the customers of the page, and between two batches
-- may be newer than the sums.
CROSS JOIN LATERAL (
  SELECT min(o.order_date) AS first_order, max(o.order_date) AS last_order
  FROM northwind.orders o
  WHERE o.customer_id = v.key
    AND o.order_date < (:from_month + make_interval(months => :months))::date
    AND EXISTS (SELECT FROM northwind.order_details l WHERE l.order_id = o.order_id)
) d
ORDER BY v.revenue DESC, c.customer_id
