-- Works the lines out under another name: nobody waits for that.
-- Risk: it reads all order lines, and takes as much of a core meanwhile.
-- Fix: a name that nobody knows yet has no readers who could wait.
-- move: lock_timeout
CREATE MATERIALIZED VIEW northwind_sales.order_lines_kept AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity, d.unit_price, d.discount,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity * c.unit_cost AS cost,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) - d.quantity * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer
