-- Statements whose locks are foretold, and then looked at in pg_locks. Each is rolled back. Above one that cannot be part of
-- a transaction stands what another session holds meanwhile, so that it waits: `-- beside: …`.

-- setup
CREATE SCHEMA shop;
CREATE TABLE shop.customer (id integer PRIMARY KEY, name text, email varchar(50), note varchar(20));
CREATE TABLE shop.item (id integer PRIMARY KEY, name text NOT NULL, price numeric(10, 2), stock integer CHECK (stock >= 0));
CREATE TABLE shop.orders (
  id integer PRIMARY KEY,
  customer_id integer CONSTRAINT orders_customer REFERENCES shop.customer ON DELETE CASCADE,
  placed_at timestamptz,
  code varchar(20),
  total integer,
  serial_no serial,
  CONSTRAINT total_known CHECK (total IS NOT NULL)
);
CREATE TABLE shop.line (order_id integer, item_id integer, quantity integer, at_price numeric);
ALTER TABLE shop.line ADD CONSTRAINT line_order FOREIGN KEY (order_id) REFERENCES shop.orders NOT VALID;
ALTER TABLE shop.line ADD CONSTRAINT line_quantity CHECK (quantity > 0) NOT VALID;
CREATE INDEX orders_placed_at ON shop.orders (placed_at);
CREATE UNIQUE INDEX orders_code ON shop.orders (code);
CREATE VIEW shop.recent AS SELECT o.id, c.name FROM shop.orders o JOIN shop.customer c ON c.id = o.customer_id;
CREATE MATERIALIZED VIEW shop.totals AS SELECT customer_id, count(*) AS orders FROM shop.orders GROUP BY customer_id;
CREATE UNIQUE INDEX totals_customer ON shop.totals (customer_id);
CREATE SEQUENCE shop.numbers;
CREATE TABLE shop.event (id integer, at date NOT NULL, item_id integer) PARTITION BY RANGE (at);
CREATE TABLE shop.event_2025 PARTITION OF shop.event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.event_2026 PARTITION OF shop.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE shop.event_2024 (LIKE shop.event);
CREATE INDEX event_at ON shop.event (at);
CREATE INDEX event_2024_id ON shop.event_2024 (id);
CREATE TABLE shop.log (id integer, kind text) PARTITION BY LIST (kind);
CREATE TABLE shop.log_other PARTITION OF shop.log DEFAULT;
CREATE TABLE shop.log_a PARTITION OF shop.log FOR VALUES IN ('a');
CREATE TABLE shop.log_z (id integer, kind text);
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION shop.unused() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER stamped BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
CREATE POLICY own_orders ON shop.orders USING (customer_id = 1);
CREATE RULE no_delete AS ON DELETE TO shop.item WHERE old.id = 0 DO INSTEAD NOTHING;
CREATE STATISTICS shop.line_statistics ON order_id, item_id FROM shop.line;
CREATE TABLE shop.parent (id integer);
CREATE TABLE shop.child () INHERITS (shop.parent);
CREATE DOMAIN shop.positive AS integer;
CREATE TABLE shop.country (code char(2) PRIMARY KEY);
CREATE TABLE shop.region (country char(2) CONSTRAINT region_country REFERENCES shop.country);
CREATE TABLE shop.measured (value shop.positive);
ALTER DOMAIN shop.positive ADD CONSTRAINT small CHECK (VALUE < 1000) NOT VALID;
INSERT INTO shop.customer VALUES (1, 'Ada', 'ada@example.org', NULL), (2, 'Bob', NULL, NULL);
INSERT INTO shop.item VALUES (1, 'tea', 3, 10);
INSERT INTO shop.orders (id, customer_id, placed_at, code, total) VALUES (1, 1, now(), 'a', 3);
INSERT INTO shop.line VALUES (1, 1, 2, 3);
INSERT INTO shop.event VALUES (1, '2025-05-05', 1);
INSERT INTO shop.log VALUES (1, 'b');
CREATE TYPE shop.mood AS ENUM ('glad');
CREATE PUBLICATION all_lines FOR TABLE shop.item;

-- statements
ALTER TABLE shop.orders ADD COLUMN gift_note text;
ALTER TABLE shop.orders ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE shop.orders ADD COLUMN item_id integer REFERENCES shop.item;
ALTER TABLE shop.orders DROP COLUMN code;
ALTER TABLE shop.orders DROP COLUMN serial_no;
ALTER TABLE shop.orders DROP COLUMN customer_id CASCADE;
ALTER TABLE shop.orders ALTER COLUMN total TYPE bigint;
ALTER TABLE shop.customer ALTER COLUMN email TYPE varchar(80);
ALTER TABLE shop.country ALTER COLUMN code TYPE text;
ALTER TABLE shop.region ALTER COLUMN country TYPE text;
ALTER TABLE shop.region ALTER CONSTRAINT region_country NOT ENFORCED;
ALTER TABLE shop.orders ALTER COLUMN total SET NOT NULL;
ALTER TABLE shop.item ALTER COLUMN name DROP NOT NULL;
ALTER TABLE shop.orders ALTER COLUMN total SET DEFAULT 0;
ALTER TABLE shop.orders ALTER COLUMN code SET STATISTICS 500;
ALTER TABLE shop.orders ALTER COLUMN code SET STORAGE EXTERNAL;
ALTER TABLE shop.orders ALTER COLUMN code SET (n_distinct = 100);
ALTER TABLE shop.orders ADD CONSTRAINT total_positive CHECK (total > 0);
ALTER TABLE shop.orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
ALTER TABLE shop.line ADD CONSTRAINT line_item FOREIGN KEY (item_id) REFERENCES shop.item;
ALTER TABLE shop.line ADD CONSTRAINT line_item FOREIGN KEY (item_id) REFERENCES shop.item NOT VALID;
ALTER TABLE shop.line VALIDATE CONSTRAINT line_order;
ALTER TABLE shop.line VALIDATE CONSTRAINT line_quantity;
ALTER TABLE shop.line DROP CONSTRAINT line_order;
ALTER TABLE shop.line ADD PRIMARY KEY (order_id, item_id);
ALTER TABLE shop.customer ADD UNIQUE (email);
ALTER TABLE shop.orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code;
ALTER TABLE shop.orders ALTER CONSTRAINT orders_customer DEFERRABLE;
ALTER TABLE shop.orders DISABLE TRIGGER stamped;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders REPLICA IDENTITY FULL;
ALTER TABLE shop.orders CLUSTER ON orders_placed_at;
ALTER TABLE shop.orders SET (fillfactor = 80);
ALTER TABLE shop.orders SET (autovacuum_enabled = false);
ALTER TABLE shop.orders OWNER TO pg_monitor;
ALTER TABLE shop.line SET UNLOGGED;
ALTER TABLE shop.orders SET SCHEMA public;
ALTER TABLE shop.orders RENAME TO bookings;
ALTER TABLE shop.orders RENAME COLUMN code TO mark;
ALTER TABLE shop.orders RENAME CONSTRAINT total_known TO total_there;
ALTER TABLE shop.event ATTACH PARTITION shop.event_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE shop.event DETACH PARTITION shop.event_2025;
ALTER TABLE shop.event ADD COLUMN note text;
ALTER TABLE shop.event ADD CONSTRAINT event_item FOREIGN KEY (item_id) REFERENCES shop.item;
ALTER TABLE shop.log ATTACH PARTITION shop.log_z FOR VALUES IN ('z');
ALTER TABLE shop.child NO INHERIT shop.parent;
ALTER TABLE shop.parent ADD COLUMN note text;
ALTER INDEX shop.orders_placed_at RENAME TO orders_by_time;
ALTER INDEX shop.orders_placed_at SET (fillfactor = 70);
ALTER SEQUENCE shop.numbers INCREMENT BY 10;
ALTER VIEW shop.recent RENAME TO latest;
ALTER VIEW shop.recent SET (security_barrier = true);
CREATE TABLE shop.refund (id integer PRIMARY KEY, order_id integer REFERENCES shop.orders);
CREATE TABLE shop.event_2027 PARTITION OF shop.event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE shop.log_c PARTITION OF shop.log FOR VALUES IN ('c');
CREATE TABLE shop.orders_like (LIKE shop.orders INCLUDING ALL);
CREATE TABLE shop.grandchild () INHERITS (shop.parent);
CREATE TABLE shop.copied AS SELECT * FROM shop.orders;
CREATE INDEX orders_total ON shop.orders (total);
CREATE INDEX event_id ON shop.event (id);
CREATE VIEW shop.dear AS SELECT * FROM shop.orders WHERE total > 100;
CREATE OR REPLACE VIEW shop.recent AS SELECT o.id, c.name FROM shop.orders o JOIN shop.customer c ON c.id = o.customer_id WHERE o.total > 0;
CREATE MATERIALIZED VIEW shop.sums AS SELECT customer_id, sum(total) FROM shop.orders GROUP BY customer_id;
CREATE TRIGGER stamped_too AFTER UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
CREATE POLICY all_orders ON shop.orders FOR SELECT USING (true);
CREATE RULE no_update AS ON UPDATE TO shop.item WHERE old.id = 0 DO INSTEAD NOTHING;
CREATE STATISTICS shop.orders_statistics ON customer_id, total FROM shop.orders;
CREATE SEQUENCE shop.more OWNED BY shop.orders.total;
CREATE PUBLICATION everything FOR TABLE shop.orders, shop.line;
COMMENT ON TABLE shop.orders IS 'what customers ordered';
COMMENT ON COLUMN shop.orders.code IS 'for the label';
DROP TABLE shop.line;
DROP TABLE shop.orders CASCADE;
DROP TABLE shop.event_2025;
DROP VIEW shop.recent;
DROP MATERIALIZED VIEW shop.totals;
DROP INDEX shop.orders_placed_at;
DROP SEQUENCE shop.numbers;
DROP TRIGGER stamped ON shop.orders;
DROP POLICY own_orders ON shop.orders;
DROP RULE no_delete ON shop.item;
ALTER STATISTICS shop.line_statistics SET STATISTICS 200;
DROP STATISTICS shop.line_statistics;
DROP SCHEMA shop CASCADE;
TRUNCATE shop.line;
TRUNCATE shop.orders RESTART IDENTITY CASCADE;
REFRESH MATERIALIZED VIEW shop.totals;
REFRESH MATERIALIZED VIEW CONCURRENTLY shop.totals;
REINDEX TABLE shop.orders;
REINDEX INDEX shop.orders_placed_at;
CLUSTER shop.orders USING orders_placed_at;
ANALYZE shop.orders;
LOCK TABLE shop.orders IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE shop.recent;
LOCK TABLE shop.event IN SHARE MODE;
ALTER TYPE shop.mood ADD VALUE 'calm';
DROP FUNCTION shop.unused();
ALTER PUBLICATION all_lines ADD TABLE shop.orders;
DROP PUBLICATION all_lines;
ALTER POLICY own_orders ON shop.orders USING (true);
ALTER TRIGGER stamped ON shop.orders RENAME TO marked;
COPY shop.orders TO '/dev/null';
GRANT SELECT ON shop.orders TO CURRENT_USER;
ALTER DOMAIN shop.positive ADD CHECK (VALUE > 0);
ALTER DOMAIN shop.positive ADD CHECK (VALUE > 0) NOT VALID;
ALTER DOMAIN shop.positive SET NOT NULL;
ALTER DOMAIN shop.positive VALIDATE CONSTRAINT small;
SELECT * FROM shop.recent;
EXPLAIN DELETE FROM shop.line;
DECLARE recent_orders CURSOR FOR SELECT * FROM shop.recent;
SELECT * FROM shop.orders WHERE id = 1 FOR UPDATE;
INSERT INTO shop.orders (id, customer_id, total) VALUES (2, 1, 4);
UPDATE shop.orders SET total = total + 1;
UPDATE shop.orders SET customer_id = 2 WHERE id = 1;
DELETE FROM shop.line;
DELETE FROM shop.customer WHERE id = 2;
MERGE INTO shop.customer USING shop.line ON customer.id = line.item_id WHEN MATCHED THEN UPDATE SET note = 'x';

-- alone
-- beside: LOCK TABLE shop.orders IN ROW EXCLUSIVE MODE
CREATE INDEX CONCURRENTLY orders_total_beside ON shop.orders (total);
-- beside: SELECT * FROM shop.orders
DROP INDEX CONCURRENTLY shop.orders_placed_at;
-- beside: LOCK TABLE shop.line IN SHARE UPDATE EXCLUSIVE MODE
VACUUM shop.line;
-- beside: LOCK TABLE shop.line IN ACCESS SHARE MODE
VACUUM FULL shop.line;
-- beside: LOCK TABLE shop.item IN ROW EXCLUSIVE MODE
REINDEX TABLE CONCURRENTLY shop.item;
-- beside: SELECT * FROM shop.event_2026
ALTER TABLE shop.event DETACH PARTITION shop.event_2026 CONCURRENTLY;
