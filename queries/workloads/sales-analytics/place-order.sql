-- Places an order with its lines. The key is reserved for the request, so that it can be undone.
-- :order_id integer
-- :customer_id text
-- :employee_id integer
-- :order_date date
-- :ship_via integer
-- :freight numeric
-- :product_ids integer[]
-- :quantities integer[]
SELECT
  o.order_id, o.customer_id, o.employee_id, o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight,
  o.ship_name, o.ship_city, o.ship_country
FROM northwind.place_order(
  :order_id, :customer_id, :employee_id, :order_date, :ship_via, :freight, :product_ids, :quantities
) o
