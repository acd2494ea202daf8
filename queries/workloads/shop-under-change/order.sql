-- An order, where it goes, and its lines.
-- :order_id integer
SELECT
  o.order_id, o.customer_id, o.order_date, o.freight, o.ship_city, o.ship_region, o.ship_country,
  (
    SELECT json_agg(
      json_build_object(
        'product_id', d.product_id,
        'quantity', d.quantity,
        'unit_price', d.unit_price,
        'discount', d.discount
      )
      ORDER BY d.product_id
    )
    FROM northwind.order_details d
    WHERE d.order_id = o.order_id
  ) AS order_details
FROM northwind.orders o
WHERE o.order_id = :order_id
