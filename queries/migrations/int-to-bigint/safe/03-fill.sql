-- Fills the new column, some rows at a time.
-- move: batches northwind.order_details order_id
UPDATE northwind.order_details SET quantity_wide = quantity
WHERE order_id > :after AND order_id <= :upto AND quantity_wide IS NULL
