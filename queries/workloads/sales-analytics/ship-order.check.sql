-- What a shipped order is like, without its key: it must be the same whatever path it was shipped by.
-- :order_id integer
SELECT o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight
FROM northwind.orders o
WHERE o.order_id = :order_id
