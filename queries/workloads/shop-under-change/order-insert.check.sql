-- What an order left behind, without its key: it must be the same whatever path it came by.
-- :order_id integer
SELECT
  o.customer_id, o.employee_id, o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight,
  o.ship_name, o.ship_address, o.ship_city, o.ship_region, o.ship_postal_code, o.ship_country
FROM northwind.orders o
WHERE o.order_id = :order_id
