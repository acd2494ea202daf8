-- Fills the new column, some rows at a time.
-- Risk: one UPDATE of all rows would lock each that it has passed until it ends.
-- Fix: each batch goes through the key and is a transaction of its own.
-- move: batches northwind.order_details order_id
UPDATE northwind.order_details SET quantity_wide = quantity
WHERE order_id > :after AND order_id <= :upto AND quantity_wide IS NULL
