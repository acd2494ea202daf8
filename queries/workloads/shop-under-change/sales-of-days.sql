-- What was sold within a range of days.
-- :from_date date
-- :to_date date
SELECT count(*) AS lines, coalesce(sum(l.revenue), 0) AS revenue, coalesce(sum(l.profit), 0) AS profit
FROM northwind_sales.order_lines l
WHERE l.order_date BETWEEN :from_date AND :to_date
