-- What people have beside Benchbook's tables, and on them: tables that inherit from them, with rows whose keys a run
-- reserves, tables and views that lean on them, rights, comments, large objects.
CREATE SCHEMA shop;
CREATE TABLE shop.archived_orders (archived_at timestamptz DEFAULT now(), PRIMARY KEY (order_id))
  INHERITS (northwind.orders);
INSERT INTO shop.archived_orders
SELECT (o).* FROM (
  SELECT jsonb_populate_record(
    NULL::shop.archived_orders,
    to_jsonb(o) || jsonb_build_object('order_id', 1500000000 + row_number() OVER (), 'archived_at', '2026-01-01')
  ) AS o
  FROM northwind.orders o
  LIMIT 40
) o;
CREATE TABLE shop.archived_lines () INHERITS (northwind.order_details);
INSERT INTO shop.archived_lines
SELECT (d).* FROM (
  SELECT jsonb_populate_record(NULL::shop.archived_lines, to_jsonb(d) || jsonb_build_object('order_id', 1500000001)) AS d
  FROM ONLY northwind.order_details d
  LIMIT 10
) d;
CREATE TABLE shop.notes (
  note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer REFERENCES northwind.products,
  note text NOT NULL
);
INSERT INTO shop.notes (product_id, note) SELECT product_id, 'seen' FROM northwind.products LIMIT 20;
CREATE VIEW shop.big_orders AS SELECT order_id, freight FROM northwind.orders WHERE freight > 100;
CREATE MATERIALIZED VIEW shop.event_days AS SELECT date_trunc('day', now()) AS day, count(*) FROM shop.notes;
COMMENT ON TABLE shop.notes IS 'What people said';
COMMENT ON TABLE northwind.orders IS 'The heart of it';
GRANT USAGE ON SCHEMA shop TO PUBLIC;
GRANT SELECT ON northwind.orders TO PUBLIC;
SELECT lo_from_bytea(0, 'a scanned invoice');

-- The tables of a scenario of their own.
CREATE SCHEMA stall;
CREATE TABLE stall.item (id integer PRIMARY KEY, name text NOT NULL, price numeric(8, 2) NOT NULL);
INSERT INTO stall.item SELECT n, 'item ' || n, n + 0.5 FROM generate_series(1, 500) AS n;
CREATE TABLE stall.visit (visit_id uuid PRIMARY KEY, item_id integer NOT NULL REFERENCES stall.item, by text NOT NULL);
INSERT INTO stall.visit SELECT gen_random_uuid(), n, 'people' FROM generate_series(1, 50) AS n;
-- One that inherits, with a row such as the scenario writes.
CREATE TABLE stall.old_visit () INHERITS (stall.visit);
INSERT INTO stall.old_visit VALUES (gen_random_uuid(), 7, 'bench');
