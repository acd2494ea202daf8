-- The products with most revenue within a range of days.
-- :from_date date
-- :to_date date
-- :page_size integer
SELECT
  p.product_id, p.product_name, c.category_name,
  s.orders, s.quantity, s.revenue, s.profit,
  round(100 * s.profit / nullif(s.revenue, 0), 2) AS margin_percent
FROM (
  SELECT
    l.product_id,
    -- An order has a product once.
    count(*) AS orders,
    sum(l.quantity) AS quantity,
    sum(l.revenue) AS revenue,
    sum(l.profit) AS profit
  FROM northwind_sales.order_lines l
  WHERE l.order_date BETWEEN :from_date AND :to_date
  GROUP BY l.product_id
  ORDER BY sum(l.revenue) DESC, l.product_id
  LIMIT :page_size
) s
JOIN northwind.products p ON p.product_id = s.product_id
JOIN northwind.categories c ON c.category_id = p.category_id
ORDER BY s.revenue DESC, p.product_id
