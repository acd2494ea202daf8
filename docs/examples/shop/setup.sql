-- The shop's own tables, as they were before anybody thought of benchmarks.
CREATE SCHEMA shop;

CREATE TABLE shop.product (
  product_id integer PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL,
  price numeric(8, 2) NOT NULL
);
CREATE INDEX product_category_idx ON shop.product (category);

CREATE TABLE shop.visitor (
  visitor_id integer PRIMARY KEY,
  email text NOT NULL
);

CREATE TABLE shop.purchase (
  purchase_id bigint PRIMARY KEY,
  visitor_id integer NOT NULL REFERENCES shop.visitor,
  product_id integer NOT NULL REFERENCES shop.product,
  quantity integer NOT NULL CHECK (quantity > 0)
);

INSERT INTO shop.product
SELECT n, 'product ' || n, (ARRAY['books', 'music', 'games'])[1 + n % 3], 1 + n % 50 + 0.99
FROM generate_series(1, 300) AS n;

INSERT INTO shop.visitor
SELECT n, 'visitor' || n || '@example.org' FROM generate_series(1, 500) AS n;

INSERT INTO shop.purchase
SELECT n, 1 + n % 500, 1 + n % 300, 1 + n % 3 FROM generate_series(1, 5000) AS n;
