-- Places an order of one product. The key is reserved for the request, so that it can be undone.
-- :order_id integer
-- :customer_id text
-- :product_id integer
-- :quantity integer
-- :employee_id integer
-- :order_date date
-- :ship_via integer
-- :freight numeric
SELECT
  o.order_id, o.customer_id, o.employee_id, o.order_date, o.required_date, o.ship_via, o.freight, o.ship_name,
  o.ship_city, o.ship_country
FROM northwind.place_order(
  :order_id, :customer_id, :employee_id, :order_date, :ship_via, :freight, ARRAY[:product_id], ARRAY[:quantity]
) o
