-- A divided table cannot have the key, which has no date in it, but an index of the same column: what becomes a partition gets
-- its part of that before, beside those who write.
-- move: concurrently northwind.orders_to_2026_order_id
CREATE INDEX CONCURRENTLY orders_to_2026_order_id ON northwind.orders (order_id)
