-- Notes a customer's fax number.
-- :customer_id text
-- :fax text
UPDATE northwind.customers SET fax = :fax WHERE customer_id = :customer_id RETURNING customer_id
