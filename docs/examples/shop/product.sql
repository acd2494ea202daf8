-- A product by its key.
-- :product_id integer
SELECT product_id, name, price FROM shop.product WHERE product_id = :product_id
