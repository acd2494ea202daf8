-- The newest orders up to a day that went to a country, and to which city.
-- :country text
-- :until date
-- :page_size integer
SELECT o.order_id, o.order_date, o.customer_id, o.freight, o.ship_city
FROM northwind.orders o
WHERE o.ship_country = :country AND o.order_date <= :until
ORDER BY o.order_date DESC, o.order_id DESC
LIMIT :page_size
