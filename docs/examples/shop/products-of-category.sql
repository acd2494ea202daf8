-- The first products of a category, by key.
-- :category text
SELECT product_id, name, price FROM shop.product WHERE category = :category ORDER BY product_id LIMIT 20
