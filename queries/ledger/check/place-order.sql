-- Places an order with its lines.
-- :order_id integer
-- :customer_id text
-- :employee_id integer
-- :order_date date
-- :freight numeric
-- :product_ids integer[]
-- :quantities integer[]
WITH placed AS (
  INSERT INTO northwind.orders (order_id, customer_id, employee_id, order_date, freight)
  VALUES (:order_id, :customer_id, :employee_id, :order_date, :freight)
  RETURNING order_id
)
INSERT INTO northwind.order_details (order_id, product_id, quantity)
SELECT p.order_id, line.product_id, line.quantity
FROM placed p, unnest(:product_ids, :quantities) AS line (product_id, quantity)
RETURNING order_id, product_id
