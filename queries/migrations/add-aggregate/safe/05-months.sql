-- An empty table for each month's sales by customer, employee and product, and what it is to be filled from.
-- Risk: a customer who comes after this step and orders before the next is done is in nobody's list.
-- Fix: the next step lists those few behind its lock. All others are listed here, as nobody should wait for that.
-- move: lock_timeout
CREATE TABLE northwind_sales.month_totals (
  dimension text,
  key text,
  month date,
  lines bigint NOT NULL,
  orders bigint NOT NULL,
  shipped bigint NOT NULL,
  quantity bigint NOT NULL,
  list_revenue numeric NOT NULL,
  revenue numeric NOT NULL,
  costed bigint NOT NULL,
  cost numeric NOT NULL,
  profit numeric NOT NULL,
  PRIMARY KEY (dimension, key, month)
) WITH (fillfactor = 70);
CREATE INDEX month_totals_month ON northwind_sales.month_totals (dimension, month);
CREATE TABLE northwind_sales.months_unfilled (customer_id varchar(5) PRIMARY KEY);
INSERT INTO northwind_sales.months_unfilled SELECT customer_id FROM northwind.customers
