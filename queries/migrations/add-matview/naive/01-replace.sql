-- Has the order lines that reports read worked out once instead of by each question.
-- Risk: the view is gone under ACCESS EXCLUSIVE from the first statement to the last, and its readers wait for as long as
-- the lines take to be worked out.
-- Fix: the view is built under another name, and takes the old one's at the end: see safe/.
-- move: one transaction
-- shows: wait AccessExclusiveLock northwind_sales.order_lines
DROP VIEW northwind_sales.order_lines;
CREATE MATERIALIZED VIEW northwind_sales.order_lines AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity, d.unit_price, d.discount,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity * c.unit_cost AS cost,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) - d.quantity * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer;
CREATE UNIQUE INDEX order_lines_line ON northwind_sales.order_lines (order_id, product_id);
CREATE INDEX order_lines_order_date ON northwind_sales.order_lines (order_date)
