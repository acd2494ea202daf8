-- Old rows get theirs, some at a time.
-- Risk: one UPDATE of all rows would lock each that it has passed until it ends.
-- Fix: each batch goes through the key and is a transaction of its own; the next one waits while users' response time is
-- up.
-- move: batches northwind.orders order_id
UPDATE northwind.orders SET changed_at = clock_timestamp()
WHERE order_id > :after AND order_id <= :upto AND changed_at IS NULL
