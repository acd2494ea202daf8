-- The tables that the statements of peers.json are about, as small as they can be.
CREATE SCHEMA northwind;
CREATE TABLE northwind.products (product_id integer CONSTRAINT pk_products PRIMARY KEY);
CREATE TABLE northwind.us_states (state_id integer CONSTRAINT pk_us_states PRIMARY KEY);
CREATE TABLE northwind.orders (
  order_id integer CONSTRAINT pk_orders PRIMARY KEY,
  customer_id varchar(5),
  order_date date,
  ship_via integer,
  freight numeric(12, 2) CONSTRAINT ck_orders_freight CHECK (freight >= 0),
  ship_name varchar(40),
  ship_city varchar(15),
  ship_region varchar(15),
  ship_country varchar(15)
);
CREATE INDEX orders_ship_via ON northwind.orders (ship_via);
CREATE INDEX orders_country_newest ON northwind.orders (ship_country, order_date DESC);
CREATE TABLE northwind.order_details (
  order_id integer CONSTRAINT fk_order_details_orders REFERENCES northwind.orders,
  product_id integer CONSTRAINT fk_order_details_products REFERENCES northwind.products,
  quantity integer NOT NULL
);
INSERT INTO northwind.products VALUES (1);
INSERT INTO northwind.us_states VALUES (1);
INSERT INTO northwind.orders VALUES (1, 'ALFKI', '2026-01-15', 1, 10, 'a', 'b', 'c', 'd');
INSERT INTO northwind.order_details VALUES (1, 1, 1);
CREATE DOMAIN northwind.code AS text CHECK (VALUE <> '');
CREATE FUNCTION northwind.seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER kept AFTER UPDATE ON northwind.orders FOR EACH ROW EXECUTE FUNCTION northwind.seen();
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_not_valid FOREIGN KEY (product_id) REFERENCES northwind.products NOT VALID;
CREATE UNIQUE INDEX made_before ON northwind.orders (order_id, customer_id);
CREATE TABLE northwind.days (day integer) PARTITION BY RANGE (day);
CREATE TABLE northwind.days_1 PARTITION OF northwind.days FOR VALUES FROM (0) TO (10);
CREATE TABLE northwind.days_2 (day integer);
CREATE MATERIALIZED VIEW northwind.seen_days AS SELECT 1 AS id, 2 AS n;
CREATE UNIQUE INDEX ON northwind.seen_days (id);
CREATE TYPE northwind.mood AS ENUM ('sad')
