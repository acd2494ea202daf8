-- Takes an order, yet without lines. The key is reserved for the request, so that it can be undone.
-- :order_id integer
-- :customer_id text
-- :employee_id integer
-- :order_date date
-- :ship_via integer
-- :freight numeric
-- :ship_city text
INSERT INTO northwind.orders (
  order_id, customer_id, employee_id, order_date, ship_via, freight, ship_city
)
VALUES (
  :order_id, :customer_id, :employee_id, :order_date, :ship_via, :freight, :ship_city
)
RETURNING order_id
