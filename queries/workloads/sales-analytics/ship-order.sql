-- Marks an order of this session as shipped.
-- :order_id integer
-- :shipped_date date
UPDATE northwind.orders SET shipped_date = :shipped_date
WHERE order_id = :order_id
RETURNING order_id, shipped_date
