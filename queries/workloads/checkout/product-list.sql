-- A page of the product list, from a product on.
-- :from_product integer
-- :page_size integer
SELECT p.product_id, p.product_name, p.unit_price, p.units_in_stock, p.discontinued
FROM northwind.products p
WHERE p.product_id >= :from_product
ORDER BY p.product_id
LIMIT :page_size
