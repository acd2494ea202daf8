-- Every employee's number of orders and freight within a range of days.
-- :from_date date
-- :to_date date
SELECT
  e.employee_id, e.last_name, e.first_name,
  count(o.order_id) AS orders,
  coalesce(sum(o.freight), 0) AS freight,
  min(o.freight) AS least,
  max(o.freight) AS most
FROM northwind.employees e
LEFT JOIN northwind.orders o
  ON o.employee_id = e.employee_id AND o.order_date BETWEEN :from_date AND :to_date
GROUP BY e.employee_id, e.last_name, e.first_name
ORDER BY e.employee_id
