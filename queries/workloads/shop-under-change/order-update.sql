-- Has an order go to somebody else. The name is reserved for the request, so that it can be told whose it is and be undone.
-- :order_id integer
-- :ship_name text
UPDATE northwind.orders SET ship_name = :ship_name
WHERE order_id = :order_id
RETURNING order_id
