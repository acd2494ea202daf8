-- One product by its key.
-- :product_id integer
SELECT
  p.product_id, p.product_name, p.category_id, p.supplier_id, p.quantity_per_unit, p.unit_price,
  p.units_in_stock, p.units_on_order, p.discontinued
FROM northwind.products p
WHERE p.product_id = :product_id
