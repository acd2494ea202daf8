-- Month by month, the newest first, what a country's customers ordered, how much of it was shipped, and what it brought.
-- From totals that writers, or batches, keep.
-- :country text
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  m.month,
  sum(m.orders)::bigint AS orders,
  sum(m.shipped)::bigint AS shipped,
  sum(m.revenue) AS revenue,
  CASE WHEN sum(m.costed) > 0 THEN sum(m.cost) END AS cost,
  CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END AS profit
FROM northwind.customers c
JOIN northwind_sales.month_totals m ON m.dimension = 'customer' AND m.key = c.customer_id
WHERE c.country = :country
  AND m.month >= :from_month
  AND m.month < (:from_month + make_interval(months => :months))::date
GROUP BY m.month
HAVING sum(m.orders) > 0
ORDER BY m.month DESC
LIMIT :page_size OFFSET :skip
