-- What a placed order left.
-- :order_id integer
SELECT o.customer_id, o.employee_id, o.order_date, o.freight, d.product_id, d.quantity
FROM northwind.orders o
LEFT JOIN northwind.order_details d USING (order_id)
WHERE o.order_id = :order_id
