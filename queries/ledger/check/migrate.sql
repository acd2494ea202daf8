-- What the check's tables become while its load goes on: wider columns, and the orders in partitions. One transaction, so
-- that nobody sees half of it.
-- In the order in which orders are placed: else one would wait for the other, in a circle.
LOCK TABLE northwind.orders, northwind.order_details, northwind.customers;
ALTER TABLE northwind.order_details ALTER COLUMN quantity TYPE bigint;
ALTER TABLE northwind.customers ALTER COLUMN fax TYPE text;
ALTER TABLE northwind.orders RENAME TO orders_whole;
CREATE TABLE northwind.orders (LIKE northwind.orders_whole) PARTITION BY HASH (order_id);
CREATE TABLE northwind.orders_0 PARTITION OF northwind.orders FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE northwind.orders_1 PARTITION OF northwind.orders FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX orders_key ON northwind.orders (order_id);
INSERT INTO northwind.orders SELECT * FROM northwind.orders_whole;
DROP TABLE northwind.orders_whole
