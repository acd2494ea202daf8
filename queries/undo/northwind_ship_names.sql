-- Whom each order goes to, and whom it went to as it was seeded: its customer.
SELECT o.order_id AS key, o.ship_name AS found, c.company_name AS seeded
FROM ONLY northwind.orders AS o
LEFT JOIN ONLY northwind.customers AS c ON c.customer_id = o.customer_id
