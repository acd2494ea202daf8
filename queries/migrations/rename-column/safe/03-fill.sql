-- Old rows get their value under the new name, some at a time.
-- Risk: one UPDATE of all rows would lock each that it has passed until it ends.
-- Fix: each batch goes through the key and is a transaction of its own.
-- move: batches northwind.orders order_id
UPDATE northwind.orders SET freight_amount = freight
WHERE order_id > :after AND order_id <= :upto AND freight_amount IS DISTINCT FROM freight
