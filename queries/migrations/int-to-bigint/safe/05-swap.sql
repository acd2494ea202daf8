-- Puts the new column in the place of the old one, and has the view show it as before.
-- Risk: ACCESS EXCLUSIVE on the table and the view until the transaction ends.
-- Fix: SET NOT NULL believes the check and reads no row; all of it takes some milliseconds, under lock_timeout.
-- move: lock_timeout, one transaction
CREATE OR REPLACE VIEW northwind_sales.order_lines AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity_wide::integer AS quantity, d.unit_price, d.discount,
  round(d.quantity_wide * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity_wide * c.unit_cost AS cost,
  round(d.quantity_wide * d.unit_price * (1 - d.discount), 2) - d.quantity_wide * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer;
DROP TRIGGER quantity_in_step ON northwind.order_details;
DROP FUNCTION northwind.quantity_in_step();
ALTER TABLE northwind.order_details ALTER COLUMN quantity_wide SET NOT NULL;
ALTER TABLE northwind.order_details DROP CONSTRAINT quantity_wide_not_null, DROP COLUMN quantity;
ALTER TABLE northwind.order_details RENAME COLUMN quantity_wide TO quantity;
ALTER TABLE northwind.order_details RENAME CONSTRAINT ck_order_details_quantity_wide TO ck_order_details_quantity
