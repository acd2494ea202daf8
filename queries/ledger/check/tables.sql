-- Tables that the ledger's own check writes into: named as northwind's are, and without keys, as a migration may leave them.
-- A write that is executed twice then succeeds twice.
-- What an earlier load of the check has made goes, known by its mark; a schema of that name without it is an error.
DO $$
BEGIN
  IF obj_description(to_regnamespace('northwind'), 'pg_namespace') = 'Benchbook: check of the write ledger' THEN
    DROP SCHEMA northwind CASCADE;
  END IF;
END $$;
CREATE SCHEMA northwind;
COMMENT ON SCHEMA northwind IS 'Benchbook: check of the write ledger';

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
