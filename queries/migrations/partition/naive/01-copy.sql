-- Divides the orders by date.
-- Risk: nobody may read or write while the rows are copied and indexed: all of it is one transaction under ACCESS EXCLUSIVE.
-- The view is made anew, as it would go on reading the old table.
-- Fix: the table itself becomes the first partition, after a check that says which rows it can hold: see safe/.
-- move: one transaction
-- shows: wait AccessExclusiveLock northwind.orders | stall
DROP VIEW northwind_sales.order_lines;
ALTER TABLE northwind.orders RENAME TO orders_whole;
CREATE TABLE northwind.orders (
  LIKE northwind.orders_whole INCLUDING DEFAULTS,
  CONSTRAINT ck_orders_dates CHECK (required_date >= order_date AND shipped_date >= order_date),
  CONSTRAINT ck_orders_freight CHECK (freight >= 0)
) PARTITION BY RANGE (order_date);
CREATE TABLE northwind.orders_to_2026 PARTITION OF northwind.orders FOR VALUES FROM (MINVALUE) TO ('2027-01-01');
CREATE TABLE northwind.orders_2027 PARTITION OF northwind.orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE northwind.orders_later PARTITION OF northwind.orders DEFAULT;
INSERT INTO northwind.orders SELECT * FROM northwind.orders_whole;
CREATE INDEX divided_order_id ON northwind.orders (order_id);
CREATE INDEX divided_customer_id ON northwind.orders (customer_id);
CREATE INDEX divided_employee_id ON northwind.orders (employee_id);
CREATE INDEX divided_order_date ON northwind.orders (order_date);
CREATE INDEX divided_shipped_date ON northwind.orders (shipped_date);
CREATE INDEX divided_ship_via ON northwind.orders (ship_via);
CREATE INDEX divided_ship_postal_code ON northwind.orders (ship_postal_code);
CREATE INDEX divided_customer_newest ON northwind.orders (customer_id, order_date DESC, order_id DESC);
CREATE INDEX divided_country_newest ON northwind.orders (ship_country, order_date DESC, order_id DESC);
ALTER TABLE northwind.orders
  ADD CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers,
  ADD CONSTRAINT fk_orders_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees,
  ADD CONSTRAINT fk_orders_shippers FOREIGN KEY (ship_via) REFERENCES northwind.shippers;
CREATE VIEW northwind_sales.order_lines AS
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
