-- Makes room for more than two billion pieces in an order line.
-- Risk: the type has another form on disk: the table and all its indexes are written anew, and ACCESS EXCLUSIVE keeps
-- readers out as well until that is done. A view that shows the column has to be dropped for it.
-- Fix: a second column of the wider type, kept in step, filled in batches, and put in the old one's place: see safe/.
-- move: one transaction
-- shows: wait AccessExclusiveLock northwind.order_details | rewrite northwind.order_details | stall
DROP VIEW northwind_sales.order_lines;
ALTER TABLE northwind.order_details ALTER COLUMN quantity TYPE bigint;
-- It keeps the type that functions which add it up rely on.
CREATE VIEW northwind_sales.order_lines AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity::integer AS quantity, d.unit_price, d.discount,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity * c.unit_cost AS cost,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) - d.quantity * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer
