-- The divided table under another name, with what comes later and without a row.
-- Risk: there is none, as nobody knows the new table's name yet.
-- Fix: all that takes time to write is made before the swap.
-- move: lock_timeout, one transaction
CREATE TABLE northwind.orders_divided (
  LIKE northwind.orders INCLUDING DEFAULTS,
  CONSTRAINT ck_orders_dates CHECK (required_date >= order_date AND shipped_date >= order_date),
  CONSTRAINT ck_orders_freight CHECK (freight >= 0)
) PARTITION BY RANGE (order_date);
CREATE TABLE northwind.orders_2027 PARTITION OF northwind.orders_divided FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE northwind.orders_later PARTITION OF northwind.orders_divided DEFAULT;
CREATE INDEX divided_order_id ON northwind.orders_divided (order_id);
CREATE INDEX divided_customer_id ON northwind.orders_divided (customer_id);
CREATE INDEX divided_employee_id ON northwind.orders_divided (employee_id);
CREATE INDEX divided_order_date ON northwind.orders_divided (order_date);
CREATE INDEX divided_shipped_date ON northwind.orders_divided (shipped_date);
CREATE INDEX divided_ship_via ON northwind.orders_divided (ship_via);
CREATE INDEX divided_ship_postal_code ON northwind.orders_divided (ship_postal_code);
CREATE INDEX divided_customer_newest ON northwind.orders_divided (customer_id, order_date DESC, order_id DESC);
CREATE INDEX divided_country_newest ON northwind.orders_divided (ship_country, order_date DESC, order_id DESC);
ALTER TABLE northwind.orders_divided
  ADD CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers,
  ADD CONSTRAINT fk_orders_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees,
  ADD CONSTRAINT fk_orders_shippers FOREIGN KEY (ship_via) REFERENCES northwind.shippers
