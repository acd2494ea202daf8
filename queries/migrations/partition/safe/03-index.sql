-- A divided table cannot have the key, which has no date in it, but an index of the same column: what becomes a partition gets
-- its part of that before, beside those who write.
-- Risk: it waits for the longest transaction of the database, and leaves an INVALID index where it fails.
-- Fix: CONCURRENTLY takes SHARE UPDATE EXCLUSIVE, which reads and writes go along with.
-- move: concurrently northwind.orders_to_2026_order_id
CREATE INDEX CONCURRENTLY orders_to_2026_order_id ON northwind.orders (order_id)
