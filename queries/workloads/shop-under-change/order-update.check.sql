-- What an order is after it was given another name, and whether that is the request's: the name itself is each request's own.
-- :order_id integer
-- :ship_name text
SELECT
  o.ship_name = :ship_name AS named,
  o.customer_id, o.employee_id, o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight,
  o.ship_address, o.ship_city, o.ship_region, o.ship_postal_code, o.ship_country
FROM northwind.orders o
WHERE o.order_id = :order_id
