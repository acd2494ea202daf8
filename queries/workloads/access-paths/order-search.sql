-- A page of the orders shipped to a country within a range of days, newest first, each with its customer.
-- :country text
-- :from_date date
-- :to_date date
-- :page_size integer
-- :skip integer
SELECT
  o.order_id, o.order_date, o.shipped_date, o.freight, o.ship_city,
  json_build_object('customer_id', c.customer_id, 'company_name', c.company_name) AS customer
FROM northwind.orders o
JOIN northwind.customers c ON c.customer_id = o.customer_id
WHERE o.ship_country = :country AND o.order_date BETWEEN :from_date AND :to_date
ORDER BY o.order_date DESC, o.order_id DESC
LIMIT :page_size OFFSET :skip
