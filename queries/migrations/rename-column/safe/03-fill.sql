-- Old rows get their value under the new name, some at a time.
-- move: batches northwind.orders order_id
UPDATE northwind.orders SET freight_amount = freight
WHERE order_id > :after AND order_id <= :upto AND freight_amount IS DISTINCT FROM freight
