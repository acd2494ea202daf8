-- A customer's newest orders up to a day, and where they went.
-- :customer_id text
-- :until date
-- :page_size integer
SELECT o.order_id, o.order_date, o.shipped_date, o.freight, o.ship_city, o.ship_region
FROM northwind.orders o
WHERE o.customer_id = :customer_id AND o.order_date <= :until
ORDER BY o.order_date DESC, o.order_id DESC
LIMIT :page_size
