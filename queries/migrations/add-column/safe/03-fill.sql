-- Old rows get theirs, some at a time.
-- move: batches northwind.orders order_id
UPDATE northwind.orders SET changed_at = clock_timestamp()
WHERE order_id > :after AND order_id <= :upto AND changed_at IS NULL
