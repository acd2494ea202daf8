-- What a placed order left behind, without its key: it must be the same whatever path placed it.
-- :order_id integer
SELECT
  o.customer_id, o.employee_id, o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight,
  o.ship_name, o.ship_address, o.ship_city, o.ship_region, o.ship_postal_code, o.ship_country,
  (
    SELECT json_agg(
      json_build_object(
        'product_id', d.product_id,
        'unit_price', d.unit_price,
        'quantity', d.quantity,
        'discount', d.discount
      )
      ORDER BY d.product_id
    )
    FROM northwind.order_details d
    WHERE d.order_id = o.order_id
  ) AS lines
FROM northwind.orders o
WHERE o.order_id = :order_id
