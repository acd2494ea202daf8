-- A purchase. Its key is reserved for the request, so that it can be undone.
-- :purchase_id bigint
-- :visitor_id integer
-- :product_id integer
-- :quantity integer
INSERT INTO shop.purchase (purchase_id, visitor_id, product_id, quantity)
VALUES (:purchase_id, :visitor_id, :product_id, :quantity)
RETURNING purchase_id, quantity
