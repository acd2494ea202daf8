-- Employees by their revenue of a quarter, which is named by its first day, against their targets.
-- :quarter date
SELECT
  rank() OVER (ORDER BY coalesce(s.revenue, 0) DESC) AS place,
  e.employee_id, e.last_name, e.first_name, e.title,
  coalesce(s.orders, 0) AS orders,
  coalesce(s.revenue, 0) AS revenue,
  coalesce(s.profit, 0) AS profit,
  t.amount AS target,
  round(100 * coalesce(s.revenue, 0) / t.amount, 1) AS attainment_percent
FROM northwind.employees e
LEFT JOIN northwind_sales.sales_targets t
  ON t.employee_id = e.employee_id AND t.quarter = :quarter
LEFT JOIN (
  SELECT l.employee_id, count(DISTINCT l.order_id) AS orders, sum(l.revenue) AS revenue, sum(l.profit) AS profit
  FROM northwind_sales.order_lines l
  WHERE l.order_date >= :quarter
    AND l.order_date < (:quarter + interval '3 months')::date
  GROUP BY l.employee_id
) s ON s.employee_id = e.employee_id
ORDER BY place, e.employee_id
