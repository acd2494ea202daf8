-- A category's products by what they sold in some months, those with most revenue first.
-- Of the months as they were at the last refresh.
-- :category_id integer
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  p.product_id, p.product_name,
  sum(m.lines)::bigint AS orders,
  sum(m.quantity)::bigint AS quantity,
  sum(m.revenue) AS revenue,
  sum(m.profit) AS profit,
  round(100 * sum(m.profit) / nullif(sum(m.revenue), 0), 2) AS margin_percent
FROM northwind.products p
JOIN northwind_sales.sales_months m ON m.dimension = 'product' AND m.key = p.product_id::text
WHERE p.category_id = :category_id
  AND m.month >= :from_month
  AND m.month < (:from_month + make_interval(months => :months))::date
GROUP BY p.product_id
ORDER BY sum(m.revenue) DESC, p.product_id
LIMIT :page_size OFFSET :skip
