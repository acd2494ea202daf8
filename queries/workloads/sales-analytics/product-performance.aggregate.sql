-- A category's products by what they sold in some months, those with most revenue first.
-- From totals that writers, or batches, keep.
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
  CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END AS profit,
  round(100 * CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END / nullif(sum(m.revenue), 0), 2) AS margin_percent
FROM northwind.products p
JOIN northwind_sales.month_totals m ON m.dimension = 'product' AND m.key = p.product_id::text
WHERE p.category_id = :category_id
  AND m.month >= :from_month
  AND m.month < (:from_month + make_interval(months => :months))::date
GROUP BY p.product_id
HAVING sum(m.lines) > 0
ORDER BY sum(m.revenue) DESC, p.product_id
LIMIT :page_size OFFSET :skip
