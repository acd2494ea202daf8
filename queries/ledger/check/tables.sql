-- Tables that the ledger's own check writes into: named as northwind's are, and without keys, as a migration may leave them.
-- A write that is executed twice then succeeds twice.
DROP SCHEMA IF EXISTS northwind CASCADE;
CREATE SCHEMA northwind;

CREATE TABLE northwind.customers (
  customer_id varchar(5),
  company_name varchar(40),
  fax varchar(24)
);

CREATE TABLE northwind.orders (
  order_id integer,
  customer_id varchar(5),
  employee_id integer,
  order_date date,
  freight numeric(12, 2)
);

CREATE TABLE northwind.order_details (
  order_id integer,
  product_id integer,
  quantity integer
);

CREATE INDEX customers_customer_id ON northwind.customers (customer_id);
CREATE INDEX orders_order_id ON northwind.orders (order_id);
CREATE INDEX order_details_order_id ON northwind.order_details (order_id);
