-- Makes the table the first partition of the new one, which takes its name.
-- Risk: ACCESS EXCLUSIVE on the table until the transaction ends.
-- Fix: no row is copied or read and no index is built: each takes in the one that is there. The view goes first, as its readers
-- lock it first: the other way round they and this would wait for each other.
-- move: lock_timeout, one transaction
CREATE OR REPLACE VIEW northwind_sales.order_lines AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity, d.unit_price, d.discount,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity * c.unit_cost AS cost,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) - d.quantity * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders_divided o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer;
ALTER TABLE northwind.orders RENAME TO orders_to_2026;
ALTER TABLE northwind.orders_divided
  ATTACH PARTITION northwind.orders_to_2026 FOR VALUES FROM (MINVALUE) TO ('2027-01-01');
ALTER TABLE northwind.orders_to_2026 DROP CONSTRAINT orders_to_2026;
ALTER TABLE northwind.orders_divided RENAME TO orders
