-- Suppliers whose products earned at most some percent of their revenue in some months, the least first, and what
-- discounts took.
-- Of the months as they were at the last refresh.
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
    m.key::integer AS supplier_id,
    sum(m.list_revenue) AS list_revenue,
    sum(m.revenue) AS revenue,
    sum(m.cost) AS cost,
    sum(m.profit) AS profit
  FROM northwind_sales.sales_months m
  WHERE m.dimension = 'supplier'
    AND m.month >= :from_month
    AND m.month < (:from_month + make_interval(months => :months))::date
  GROUP BY m.key
  HAVING sum(m.revenue) > 0 AND 100 * sum(m.profit) <= :most_percent * sum(m.revenue)
) e
JOIN northwind.suppliers s ON s.supplier_id = e.supplier_id
ORDER BY margin_percent, s.supplier_id
LIMIT :page_size OFFSET :skip
