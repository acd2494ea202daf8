-- One product with its category.
-- :product_id integer
SELECT
  p.product_id, p.product_name, p.quantity_per_unit, p.unit_price, p.units_in_stock, p.discontinued,
  json_build_object('category_id', c.category_id, 'category_name', c.category_name) AS category
FROM northwind.products p
JOIN northwind.categories c ON c.category_id = p.category_id
WHERE p.product_id = :product_id
