-- A category's products by what they sold in some months, those with most revenue first.
-- :category_id integer
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  p.product_id, p.product_name,
  -- An order has a product once.
  count(*) AS orders,
  sum(l.quantity) AS quantity,
  sum(l.revenue) AS revenue,
  sum(l.profit) AS profit,
  round(100 * sum(l.profit) / nullif(sum(l.revenue), 0), 2) AS margin_percent
FROM northwind.products p
JOIN northwind_sales.order_lines l ON l.product_id = p.product_id
WHERE p.category_id = :category_id
  AND l.order_date >= :from_month
  AND l.order_date < (:from_month + make_interval(months => :months))::date
GROUP BY p.product_id
ORDER BY sum(l.revenue) DESC, p.product_id
LIMIT :page_size OFFSET :skip
