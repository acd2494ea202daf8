-- A page of a category's products up to a price, cheapest first, each with its supplier.
-- :category_id integer
-- :most numeric
-- :page_size integer
-- :skip integer
SELECT
  p.product_id, p.product_name, p.quantity_per_unit, p.unit_price, p.units_in_stock, p.discontinued,
  json_build_object('supplier_id', s.supplier_id, 'company_name', s.company_name, 'country', s.country) AS supplier
FROM northwind.products p
JOIN northwind.suppliers s ON s.supplier_id = p.supplier_id
WHERE p.category_id = :category_id AND p.unit_price <= :most
ORDER BY p.unit_price, p.product_id
LIMIT :page_size OFFSET :skip
