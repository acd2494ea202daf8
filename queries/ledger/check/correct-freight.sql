-- Corrects the freight of the order that this session has placed.
-- :order_id integer
-- :freight numeric
UPDATE northwind.orders SET freight = :freight WHERE order_id = :order_id RETURNING order_id
