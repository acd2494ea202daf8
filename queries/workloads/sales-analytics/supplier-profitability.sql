-- Suppliers whose products earned at most some percent of their revenue in some months, the least first, and what
-- discounts took.
-- :most_percent integer
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  s.supplier_id, s.company_name,
  e.list_revenue, e.list_revenue - e.revenue AS discounts, e.revenue, e.cost, e.profit,
  round(100 * e.profit / e.revenue, 2) AS margin_percent
FROM (
  SELECT
    p.supplier_id,
    sum(l.quantity * l.unit_price) AS list_revenue,
    sum(l.revenue) AS revenue,
    sum(l.cost) AS cost,
    sum(l.profit) AS profit
  FROM northwind_sales.order_lines l
  JOIN northwind.products p ON p.product_id = l.product_id
  WHERE l.order_date >= :from_month
    AND l.order_date < (:from_month + make_interval(months => :months))::date
  GROUP BY p.supplier_id
  HAVING sum(l.revenue) > 0 AND 100 * sum(l.profit) <= :most_percent * sum(l.revenue)
) e
JOIN northwind.suppliers s ON s.supplier_id = e.supplier_id
ORDER BY margin_percent, s.supplier_id
LIMIT :page_size OFFSET :skip
