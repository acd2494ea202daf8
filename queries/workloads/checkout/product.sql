-- One product with its category and its supplier.
-- :product_id integer
SELECT
  p.product_id, p.product_name, p.quantity_per_unit, p.unit_price, p.units_in_stock, p.discontinued,
  json_build_object('category_id', c.category_id, 'category_name', c.category_name) AS category,
  json_build_object('supplier_id', s.supplier_id, 'company_name', s.company_name, 'country', s.country) AS supplier
FROM northwind.products p
JOIN northwind.categories c ON c.category_id = p.category_id
JOIN northwind.suppliers s ON s.supplier_id = p.supplier_id
WHERE p.product_id = :product_id
