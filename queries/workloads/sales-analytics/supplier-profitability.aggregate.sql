-- Suppliers whose products earned at most some percent of their revenue in some months, the least first, and what
-- discounts took.
-- From totals that writers, or batches, keep.
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
    sum(m.list_revenue) AS list_revenue,
    sum(m.revenue) AS revenue,
    CASE WHEN sum(m.costed) > 0 THEN sum(m.cost) END AS cost,
    CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END AS profit
  FROM northwind_sales.month_totals m
  JOIN northwind.products p ON p.product_id = m.key::integer
  WHERE m.dimension = 'product'
    AND m.month >= :from_month
    AND m.month < (:from_month + make_interval(months => :months))::date
  GROUP BY p.supplier_id
  HAVING sum(m.revenue) > 0 AND 100 * CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END <= :most_percent * sum(m.revenue)
) e
JOIN northwind.suppliers s ON s.supplier_id = e.supplier_id
ORDER BY margin_percent, s.supplier_id
LIMIT :page_size OFFSET :skip
