-- A country's employees by their revenue in some months, against their targets for the quarters that begin in these.
-- From totals that writers, or batches, keep.
-- :country text
-- :from_month date
-- :months integer
-- :page_size integer
-- :skip integer
SELECT
  rank() OVER (ORDER BY coalesce(s.revenue, 0) DESC) AS place,
  e.employee_id, e.last_name, e.first_name, e.title,
  coalesce(s.orders, 0) AS orders,
  coalesce(s.revenue, 0) AS revenue,
  coalesce(s.profit, 0) AS profit,
  t.target,
  round(100 * coalesce(s.revenue, 0) / t.target, 1) AS attainment_percent
FROM northwind.employees e
LEFT JOIN (
  SELECT q.employee_id, sum(q.amount) AS target
  FROM northwind_sales.sales_targets q
  WHERE q.quarter >= :from_month
    AND q.quarter < (:from_month + make_interval(months => :months))::date
  GROUP BY q.employee_id
) t ON t.employee_id = e.employee_id
CROSS JOIN LATERAL (
  SELECT
    sum(m.orders)::bigint AS orders,
    sum(m.revenue) AS revenue,
    CASE WHEN sum(m.costed) > 0 THEN sum(m.profit) END AS profit
  FROM northwind_sales.month_totals m
  WHERE m.dimension = 'employee' AND m.key = e.employee_id::text
    AND m.month >= :from_month
    AND m.month < (:from_month + make_interval(months => :months))::date
) s
WHERE e.country = :country
ORDER BY place, e.employee_id
LIMIT :page_size OFFSET :skip
